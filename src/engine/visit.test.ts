import { describe, expect, it } from 'vitest'
import { protocols } from '../wire/catalog.ts'
import { fakeHome, fakeSession, fakeVisit } from './session-harness.ts'
import { homePrompt, tiesOf, type Visit, warmTokens } from './visit.ts'

const person = { role: 'user', content: 'hello' }
const model = { role: 'assistant', content: 'Well,' }

const tiesIn = (...messages: readonly object[]) =>
  tiesOf(protocols.anthropic.view(Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 9, messages }))))

/** A request of so many bytes, after one of so many. */
const visit = (bytes: number, before: number, changes: Partial<Visit> = {}): Visit =>
  fakeVisit(bytes, fakeSession({ bytes: before }), changes)

const home = fakeHome({ warmUntilMs: 300 })

describe('what ties a message', () => {
  it('is read from how its conversation ends, and from what stands in between', () => {
    expect(tiesIn(person)).toMatchObject({ prefill: false, systemMessages: false })
    expect(tiesIn(person, model)).toMatchObject({ prefill: true, systemMessages: false })
    const system = { role: 'system', content: 'Be brief.' }
    expect(tiesIn(person, model, person, system, model, person)).toMatchObject({
      prefill: false,
      systemMessages: true,
    })
  })
})

describe('the prompt at home', () => {
  it('is what home has counted, and an estimate of what came since', () => {
    expect(homePrompt(visit(4_000, 4_000), home)).toBe(1_000)
    expect(homePrompt(visit(4_400, 4_000), home)).toBe(1_100)
  })

  it('is shorter in proportion where the request has become shorter', () => {
    expect(homePrompt(visit(3_000, 6_000), home)).toBe(500)
  })

  it('is estimated where nothing was counted', () => {
    expect(homePrompt(visit(4_400, 4_000), { ...home, promptTokens: 0 })).toBe(1_100)
    expect(homePrompt(visit(4_800, 0), home)).toBe(1_200)
    expect(homePrompt(visit(4_800, 0, { session: undefined }), home)).toBe(1_200)
  })
})

describe('what is warm', () => {
  it('is what was cached, until its time is up', () => {
    expect(warmTokens(visit(4_000, 4_000), home, 299)).toBe(900)
    expect(warmTokens(visit(4_000, 4_000), home, 300)).toBe(0)
  })

  it('is nothing of a history that was rewritten: summed up, or far shorter than before', () => {
    expect(warmTokens(visit(4_000, 4_000, { compacted: true }), home, 0)).toBe(0)
    expect(warmTokens(visit(701, 1_000), home, 0)).toBe(900)
    expect(warmTokens(visit(699, 1_000), home, 0)).toBe(0)
  })
})
