import type { Wire } from '../../src/core/wire.ts'
import { adapt } from '../../src/models/adapt.ts'
import type { Card } from '../../src/models/card.ts'
import type { Cards } from '../../src/models/catalog.ts'
import { protocols } from '../../src/wire/catalog.ts'
import { shown } from './changes.ts'
import type { Json, Sample } from './mapping.ts'
import { code } from './text.ts'

/** What changes in a request of one protocol when another model of its vendor answers. */

export interface Move {
  readonly from: string
  readonly to: string
}

export const claudeMoves: readonly Move[] = [
  { from: 'claude-opus-5-5', to: 'claude-haiku-5-5' },
  { from: 'claude-opus-5-5', to: 'claude-haiku-4-5' },
  { from: 'claude-haiku-4-5', to: 'claude-opus-5-5' },
]

export const gptMoves: readonly Move[] = [
  { from: 'gpt-6.1-terra', to: 'gpt-6.2-sol' },
  { from: 'gpt-6.1-terra', to: 'gpt-5.4-mini' },
  { from: 'gpt-5.4-mini', to: 'gpt-6.1-terra' },
]

const hi: Json = { role: 'user', content: 'Hi' }
const tools: Json = { tools: [{ name: 'read', input_schema: { type: 'object', properties: {} } }] }

export const claudeBase: Json = { model: 'asked', max_tokens: 8_000, messages: [hi] }
export const claudeSamples: readonly Sample[] = [
  { what: 'nothing said', sent: {} },
  { what: 'thinking off', sent: { thinking: { type: 'disabled' } } },
  { what: 'thinking adaptive', sent: { thinking: { type: 'adaptive' } } },
  { what: 'thinking between tools', sent: { thinking: { type: 'between_tools' } } },
  { what: 'thinking with a budget', sent: { thinking: { type: 'enabled', budget_tokens: 4_000 } } },
  { what: 'effort', sent: { output_config: { effort: 'high' } } },
  { what: 'effort, the most', sent: { output_config: { effort: 'max' } } },
  { what: 'temperature', sent: { temperature: 0.5 } },
  { what: 'forced tool', sent: { ...tools, tool_choice: { type: 'any' } } },
  { what: 'answer begun by the client', sent: { messages: [hi, { role: 'assistant', content: 'The' }] } },
  {
    what: 'system text between messages',
    sent: { messages: [hi, { role: 'system', content: 'Be brief.' }] },
  },
  { what: 'task budget', sent: { output_config: { task_budget: { type: 'tokens', total: 20_000 } } } },
  { what: 'length of the answer', sent: { max_tokens: 128_000 } },
  { what: 'region', sent: { inference_geo: 'us' } },
  { what: 'speed', sent: { speed: 'fast' } },
]

export const gptBase: Json = { model: 'asked', messages: [hi] }
export const gptSamples: readonly Sample[] = [
  { what: 'nothing said', sent: {} },
  { what: 'effort, none', sent: { reasoning_effort: 'none' } },
  { what: 'effort, the least', sent: { reasoning_effort: 'minimal' } },
  { what: 'effort, the most', sent: { reasoning_effort: 'max' } },
  { what: 'temperature', sent: { temperature: 0.5 } },
  { what: 'length, by its old name', sent: { max_tokens: 2_000 } },
  { what: 'cache options', sent: { prompt_cache_options: { mode: 'explicit' } } },
  { what: 'cache for a day', sent: { prompt_cache_retention: '24h' } },
  { what: 'tier, cheaper', sent: { service_tier: 'flex' } },
]

export function moveCell(wire: Wire, base: Json, { sent }: Sample, { from, to }: Move, cards: Cards): string {
  const adapted = adapt(protocols[wire].view(Buffer.from(JSON.stringify({ ...base, ...sent }))), {
    from: cardOf(cards, from),
    to: cardOf(cards, to),
    version: '2023-06-01',
    betas: [],
  })
  if ('refusal' in adapted) return `refused: ${code(`${adapted.refusal.path}: ${adapted.refusal.sentence}`)}`
  const { edits, losses } = adapted.adaptation
  const changes = edits.map(({ path, value }) => {
    const place = code(path.join('.'))
    return value === undefined ? `without ${place}` : `${place}: ${code(shown(value))}`
  })
  const lost = losses.length > 0 ? [`lost: ${losses.map(code).join(', ')}`] : []
  return [...changes, ...lost].join('<br>') || '='
}

function cardOf(cards: Cards, model: string): Card {
  const card = cards.find(model)
  if (!card) throw new Error(`no card of ${model}`)
  return card
}
