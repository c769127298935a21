/** Everything at once: workers that fail in every way, callers who leave, a queue too small. Seeded. */
import { describe, expect, it } from 'vitest'
import { sleep, systemClock } from '../../src/core/clock.ts'
import { type Random, seededRandom } from '../../src/core/random.ts'
import type { Behaviour } from '../upstream/upstream.ts'
import { eventually, fleetOf, type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'

const MESSAGES = 250
const AT_ONCE = 30

function oneOf<Value>(random: Random, values: readonly [Value, ...Value[]]): Value {
  return values[Math.floor(random.next() * values.length)] ?? values[0]
}

/** Half of the answers are good, some of them slow. */
function behaviourOf(random: Random): Behaviour {
  const afterEvents = Math.floor(random.next() * 7)
  if (random.next() < 0.5) return { kind: 'answer', delayMs: random.next() * 20, eventMs: random.next() * 3 }
  return oneOf<Behaviour>(random, [
    { kind: 'error', status: oneOf(random, [400, 404, 500, 503, 529]) },
    { kind: 'error', status: 429, headers: { 'retry-after-ms': '30' } },
    { kind: 'reset' },
    { kind: 'reset', afterEvents },
    { kind: 'stall' },
    { kind: 'stall', afterEvents },
    { kind: 'error-event', afterEvents },
    { kind: 'truncate', afterEvents },
    { kind: 'html' },
    { kind: 'malformed' },
    { kind: 'garbage' },
    { kind: 'drip', bytes: 50, everyMs: 2 },
  ])
}

interface Sent {
  readonly kind: 'left' | 'whole' | 'ended' | 'broken' | 'refused'
}

async function send(gateway: Gateway, random: Random): Promise<Sent> {
  const anthropic = random.next() < 0.5
  const stream = random.next() < 0.6
  const path = anthropic ? '/v1/messages' : '/v1/chat/completions'
  const leave = new AbortController()
  if (random.next() < 0.2) void sleep(systemClock, random.next() * 60).then(() => leave.abort())
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-signalbox-priority': oneOf(random, ['critical', 'high', 'normal', 'low']),
    ...(random.next() < 0.2 && { 'x-signalbox-deadline-ms': String(Math.ceil(random.next() * 80)) }),
  }
  const body = JSON.stringify({
    model: 'auto',
    max_tokens: 9,
    stream,
    messages: [{ role: 'user', content: 'x' }],
  })
  try {
    const reply = await fetch(gateway.url + path, { method: 'POST', headers, body, signal: leave.signal })
    const text = await reply.text()
    if (reply.status !== 200) {
      expect(JSON.parse(text)).toMatchObject({ error: { message: expect.any(String) } })
      expect([400, 404, 429, 500, 502, 503, 504]).toContain(reply.status)
      return { kind: 'refused' }
    }
    if (!stream) {
      expect(JSON.parse(text)).toMatchObject({ model: 'auto', id: expect.any(String) })
      return { kind: 'whole' }
    }
    // Many servers of OpenAI's protocol leave [DONE] out: an answer whose finish has been told is whole.
    const ended = anthropic
      ? text.endsWith('"type":"message_stop"}\n\n')
      : /"finish_reason":"\w+".+\n\n$|data: \[DONE\]\n\n$/.test(text)
    const broken = anthropic
      ? /event: error\ndata: .+\n\n$/.test(text)
      : /data: \{"error".+\}\n\n$/.test(text)
    // One or the other, always, and never both.
    expect({ ended, broken, tail: text.slice(-300) }).toMatchObject({ ended: !broken })
    return { kind: ended ? 'ended' : 'broken' }
  } catch (error) {
    if (leave.signal.aborted) return { kind: 'left' }
    throw error
  }
}

describe('a gateway in chaos', () => {
  it.each([1, 2, 3])(
    'answers or refuses each message once, and comes to rest with nothing held (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      const script = (): Behaviour => behaviourOf(random)
      const limits = { capacity: 3, timeoutMs: 120, idleMs: 120 }
      const one = await upstreamOf({ wire: 'anthropic', script })
      const two = await upstreamOf({ wire: 'openai-chat', script })
      const unsure = { kind: 'simulated' as const, latencyMs: 20, failureRate: 0.2 }
      const fleet = fleetOf([workerOf(one, limits)], [workerOf(two, limits)], [unsure])
      const gateway = await startGateway({
        ...fleet,
        pools: { ...fleet.pools, sound: { workers: [{ kind: 'simulated', model: 'sound', latencyMs: 0 }] } },
        queue: {
          capacity: 15,
          silenceMs: 30,
          spillMs: 20,
          ttlMs: { critical: 200, high: 150, normal: 100, low: 60 },
        },
        breaker: { failures: 8, openMs: 50 },
        retry: { budget: 0.5 },
      })
      const counts = { left: 0, whole: 0, ended: 0, broken: 0, refused: 0 }
      let begun = 0
      const caller = async (): Promise<void> => {
        while (begun++ < MESSAGES) counts[(await send(gateway, random)).kind]++
      }
      await Promise.all(Array.from({ length: AT_ONCE }, caller))
      await eventually(() => {
        for (const { inFlight } of gateway.engine.workers()) expect(inFlight).toBe(0)
        expect(gateway.engine.queue().depth).toBe(0)
      })

      expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(MESSAGES)
      for (const kind of ['whole', 'ended', 'refused'] as const) expect(counts[kind]).toBeGreaterThan(0)
      const answered = gateway.records.filter(({ outcome }) => outcome === 'ok')
      // A caller may leave after the worker's last byte and before it has read it.
      expect(answered.length).toBeGreaterThanOrEqual(counts.whole + counts.ended)
      expect(answered.length).toBeLessThanOrEqual(counts.whole + counts.ended + counts.left)
      expect(new Set(gateway.records.map(({ id }) => id)).size).toBe(gateway.records.length)
      expect(gateway.records.filter(({ outcome }) => outcome === 'invariant-violated')).toEqual([])
      expect(gateway.logged.filter((line) => line.includes('failed inside'))).toEqual([])

      const ask = { model: 'sound', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }
      expect((await gateway.post('/v1/messages', ask)).status).toBe(200)
    },
  )
})
