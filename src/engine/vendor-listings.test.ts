import { describe, expect, it } from 'vitest'
import { createEvents } from '../core/events.ts'
import { ok } from '../core/outcome.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { fakeMember } from './member-harness.ts'
import { readListings } from './vendor-listings.ts'

function stage(told: string | undefined, correction?: Parameters<typeof createCards>[0]) {
  const events = createEvents()
  const cards = createCards(correction)
  let asked = 0
  const members = [1, 2].map((number) => {
    const member = fakeMember({ id: workerId('opus', number), pool: 'opus', model: 'claude-opus-5-5' })
    const listing = async (): Promise<Buffer | undefined> => {
      asked++
      return told === undefined ? undefined : Buffer.from(told)
    }
    return Object.assign(member, { worker: { ...member.worker, listing } })
  })
  readListings(members, cards, events)
  const answered = async (worker: string, outcome: Parameters<typeof publish>[0] = ok): Promise<void> => {
    publish(outcome, worker)
    await Promise.resolve()
    await Promise.resolve()
  }
  function publish(outcome: typeof ok, worker: string): void {
    events.publish('attempt-ended', { traceId: 't', worker, pool: 'opus', outcome, durationMs: 1 })
  }
  return { cards, answered, asked: () => asked }
}

describe('what a vendor tells of its models', () => {
  it('is asked for once a model and server, after the first answer', async () => {
    const { cards, answered, asked } = stage('{"max_input_tokens": 900000, "max_tokens": 90000}')
    await answered('opus-1', { kind: 'cancelled' })
    expect(asked()).toBe(0)
    await answered('opus-1')
    await answered('opus-1')
    await answered('opus-2')
    expect(asked()).toBe(1)
    expect(cards.find('claude-opus-5-5')).toMatchObject({ contextTokens: 900_000, outputTokensMax: 90_000 })
  })

  it.each([undefined, '', 'not JSON', '[]', '{"max_input_tokens": -1}'])(
    'leaves the card as it is for %j',
    async (told) => {
      const { cards, answered } = stage(told)
      const before = cards.find('claude-opus-5-5')
      await answered('opus-1')
      expect(cards.find('claude-opus-5-5')).toEqual(before)
    },
  )

  it('does not overrule the configuration', async () => {
    const { cards, answered } = stage('{"max_input_tokens": 900000, "max_tokens": 90000}', {
      'claude-opus-5-5': { contextTokens: 500_000 },
    })
    await answered('opus-1')
    expect(cards.find('claude-opus-5-5')).toMatchObject({ contextTokens: 500_000 })
  })
})
