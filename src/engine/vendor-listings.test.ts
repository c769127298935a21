import { describe, expect, it } from 'vitest'
import { createEvents } from '../core/events.ts'
import { ok } from '../core/outcome.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { fakeMember } from './member-harness.ts'
import { readListings } from './vendor-listings.ts'

function stage(
  told: string | undefined,
  correction?: Parameters<typeof createCards>[0],
  host = 'api.anthropic.com',
) {
  const events = createEvents()
  const cards = createCards(correction)
  let asked = 0
  const members = [1, 2].map((number) => {
    const member = fakeMember({ id: workerId('opus', number), pool: 'opus', model: 'claude-opus-5-5' })
    const listing = async (): Promise<Buffer | undefined> => {
      asked++
      return told === undefined ? undefined : Buffer.from(told)
    }
    return Object.assign(member, { host, worker: { ...member.worker, listing } })
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
  it('is asked for once a model, after the first answer', async () => {
    const { cards, answered, asked } = stage('{"max_input_tokens": 900000, "max_tokens": 90000}')
    await answered('opus-1', { kind: 'cancelled' })
    expect(asked()).toBe(0)
    await answered('opus-1')
    await answered('opus-1')
    await answered('opus-2')
    expect(asked()).toBe(1)
    expect(cards.find('claude-opus-5-5')).toMatchObject({ contextTokens: 900_000, outputTokensMax: 90_000 })
  })

  it('is asked for apart of each model', () => {
    const events = createEvents()
    const asked: string[] = []
    const models = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5']
    const members = models.map((model, index) => {
      const member = fakeMember({ id: workerId('a', index + 1), pool: 'a', model })
      const listing = async (): Promise<undefined> => void asked.push(member.id)
      return Object.assign(member, { host: 'api.anthropic.com', worker: { ...member.worker, listing } })
    })
    readListings(members, createCards(), events)
    for (const { id, pool } of members)
      events.publish('attempt-ended', { traceId: 't', worker: id, pool, outcome: ok, durationMs: 1 })
    expect(asked).toEqual(['a-1', 'a-2'])
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

  it.each(['gateway.test', 'localhost:8080', 'api.anthropic.com.test', 'api.anthropic.com:8443'])(
    'is not asked of %s, whose word would hold for the model everywhere',
    async (host) => {
      const { cards, answered, asked } = stage('{"max_input_tokens": 900000}', {}, host)
      const before = cards.find('claude-opus-5-5')
      await answered('opus-1')
      expect(asked()).toBe(0)
      expect(cards.find('claude-opus-5-5')).toBe(before)
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
