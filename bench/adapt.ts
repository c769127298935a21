/**
 * What it costs to find what must change in a request for another model: with the facts of the body at hand, and with
 * the body still to be read, beside parsing and writing the same body once, in the same run.
 */
import { systemClock } from '../src/core/clock.ts'
import { adapt } from '../src/models/adapt.ts'
import { createCards } from '../src/models/catalog.ts'
import { protocols } from '../src/wire/catalog.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const cards = createCards()
/** A move that meets many of the rules: thinking, effort, sampling, a forced tool, the limit of the answer. */
const moves = [
  ['claude-opus-4-8', 'claude-sonnet-5-5'],
  ['claude-sonnet-4-6', 'claude-opus-5-5'],
  ['claude-opus-5-5', 'claude-sonnet-4-6'],
] as const

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const body = request()
  const rounds = options.quick ? 20 : 400
  const view = protocols.anthropic.view(body)
  const kept = { count: 0 }
  const adaptAll = (read: () => typeof view): void => {
    for (const [from, to] of moves) {
      const card = cards.find(to)
      if (!card) throw new Error(`no card of ${to}`)
      const result = adapt(read(), { from: cards.find(from), to: card, version: '2023-06-01', betas: [] })
      kept.count += 'adaptation' in result ? result.adaptation.edits.length : 0
    }
  }
  const ours = (): void => adaptAll(() => view)
  const fresh = (): void => adaptAll(() => protocols.anthropic.view(body))
  const reference = (): void => {
    for (const _ of moves) kept.count += JSON.stringify(JSON.parse(body.toString('utf8'))).length
  }
  const [adaptUs = 0, freshUs = 0, referenceUs = 0] = alternating(rounds, [ours, fresh, reference])
  if (kept.count === 0) throw new Error('nothing was adapted')
  const beside = { name: 'JSON.parse + stringify of the body', value: referenceUs }
  return [
    { name: 'adapt, 1 KB', ours: adaptUs, unit: 'µs', reference: beside, target: '≤ 20 µs' },
    { name: 'view and adapt, 1 KB', ours: freshUs, unit: 'µs', reference: beside },
  ]
}

function request(): Buffer {
  return Buffer.from(
    JSON.stringify({
      model: 'auto',
      max_tokens: 100_000,
      temperature: 0.7,
      thinking: { type: 'enabled', budget_tokens: 8_000 },
      output_config: { effort: 'xhigh' },
      tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any' },
      messages: [{ role: 'user', content: 'word '.repeat(140) }],
    }),
  )
}

/** Medians in µs for one adaptation, measured in turns, so that a busy machine slows all alike. */
function alternating(rounds: number, works: readonly (() => void)[]): readonly number[] {
  const batch = 50
  const samples = works.map((): number[] => [])
  for (let round = -rounds / 2; round < rounds; round++) {
    for (const [index, work] of works.entries()) {
      const startMs = systemClock.now()
      for (let count = 0; count < batch; count++) work()
      const us = ((systemClock.now() - startMs) * 1000) / (batch * moves.length)
      if (round >= 0) samples[index]?.push(us)
    }
  }
  return samples.map((each) => each.sort((a, b) => a - b)[each.length >> 1] ?? 0)
}
