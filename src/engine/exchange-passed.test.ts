import { describe, expect, it } from 'vitest'
import type { Ask } from '../core/engine.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { protocols } from '../wire/catalog.ts'
import { wrapReasoning } from '../wire/translate/carried-reasoning.ts'
import { createLearned } from '../workers/learned.ts'
import { passedExchange } from './exchange-passed.ts'
import { fakeMember } from './member-harness.ts'

const cards = createCards()
const user = { role: 'user', content: 'hi' }
const foreign = {
  role: 'assistant',
  content: [
    {
      type: 'thinking',
      thinking: '',
      signature: wrapReasoning({ vendor: 'openai', model: 'gpt-6-luna', label: 'rs_1', seal: 'sealed' }),
    },
    { type: 'text', text: 'hello' },
  ],
}

interface Asked {
  readonly body?: Readonly<Record<string, unknown>>
  readonly headers?: Ask['headers']
  readonly moved?: readonly string[]
}

/** A request for Opus 5 that goes to another model, as it would be sent. */
function passed(model: string, { body, headers = {}, moved = [] }: Asked) {
  const asked = 'claude-opus-5'
  const whole = { model: asked, max_tokens: 9, messages: [user], ...body }
  const ask: Ask = { wire: 'anthropic', body: Buffer.from(JSON.stringify(whole)), query: '', headers }
  const member = fakeMember({ id: workerId('a', 1), pool: 'a', model })
  const { request, losses, changed } = passedExchange(
    { ask, view: protocols.anthropic.view(ask.body) },
    { member, asked, model, card: cards.find(model), moved },
    { cards, learned: createLearned() },
  )
  const sent: unknown = JSON.parse(Buffer.concat(request.body).toString())
  return { sent, headers: request.headers, losses, changed }
}

describe('reasoning of the other vendor, in a request that passes', () => {
  const body = { messages: [user, foreign, user] }

  it('is left out and told as a loss, also where the model stays the same', () => {
    expect(passed('claude-opus-5', { body })).toMatchObject({
      sent: { messages: [user, { role: 'assistant', content: [foreign.content[1]] }, user] },
      losses: ['thinking:model'],
      changed: true,
    })
  })

  it('is told once, where the move costs it too', () => {
    const { losses } = passed('claude-opus-5', { body, moved: ['thinking:model', 'cache-cold'] })
    expect(losses).toEqual(['thinking:model', 'cache-cold'])
  })
})

describe('the headers of a request that passes to another model', () => {
  it('say which version of the API is spoken, and what that does not know is left out', () => {
    const sentWith = (version: string) =>
      passed('claude-haiku-4-5', { body: { temperature: 0.5 }, headers: { 'anthropic-version': version } })
    expect(sentWith('2023-06-01').sent).toHaveProperty('temperature')
    expect(sentWith('2026-10-21').losses).toContain('sampling-dropped')
    expect(sentWith('2026-10-21').sent).not.toHaveProperty('temperature')
  })

  it.each([
    ['fast-mode-2026-02-01', undefined],
    ['fast-mode-2026-02-01 , other-2026-01-01', 'other-2026-01-01'],
    ['one-2026-01-01,  fast-mode-2026-02-01,two-2026-01-01', 'one-2026-01-01,two-2026-01-01'],
  ])('lose the beta value of a field that went: %s', (betas, left) => {
    const { headers, losses } = passed('claude-sonnet-5-5', {
      body: { speed: 'fast' },
      headers: { 'anthropic-beta': betas, accept: '*/*' },
    })
    expect(losses).toContain('removed:speed')
    expect(headers).toEqual({ accept: '*/*', ...(left !== undefined && { 'anthropic-beta': left }) })
  })

  it('stay as they are where every field stays', () => {
    const headers = { 'anthropic-beta': 'fast-mode-2026-02-01 , other-2026-01-01' }
    expect(passed('claude-sonnet-5-5', { headers }).headers).toEqual(headers)
  })
})
