import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../core/random.ts'
import { silentLog } from '../../core/system.ts'
import { type VirtualClock, virtualClock } from '../../core/virtual-clock.ts'
import type { WireReply, WireRequest, Worker } from '../../core/worker.ts'
import type { SimulatedFault, SimulatedFaultKind } from './simulated-fault.ts'
import { drawLatencyMs, type SimulatedOptions, simulatedWorker } from './simulated.ts'
import {
  describeWorker,
  drain,
  idle,
  streamOf,
  type Trouble,
  wholeOf,
  type WorkerFixture,
} from './worker.suite.ts'

const MODEL = 'claude-haiku-5-5'

const troubles: Readonly<Record<Trouble, SimulatedFaultKind>> = {
  overloaded: { kind: 'status', status: 529 },
  'reset-before': { kind: 'reset' },
  'stall-before': { kind: 'stall' },
  'reset-midway': { kind: 'reset', afterTokens: 3 },
  'stall-midway': { kind: 'stall', afterTokens: 3 },
  truncate: { kind: 'truncate', afterTokens: 5 },
  'error-event': { kind: 'error-event' },
}

describeWorker('simulated', async () => {
  const faults: SimulatedFault[] = []
  let calls = 0
  const { worker: simulated, clock } = create({ faults })
  const worker: Worker = {
    ...simulated,
    call(request, signal) {
      calls++
      return simulated.call(request, signal)
    },
  }
  const fixture: WorkerFixture = {
    worker,
    clock,
    request,
    end: 'data: {"type":"message_stop"}',
    break: (trouble) => void faults.push({ ...troubles[trouble], at: calls + 1 }),
    run: (promise) => run(clock, promise),
    quiet: () => clock.advanceAsync(5_000),
    expire: () => clock.advanceAsync(700_000),
    secrets: [],
    close: async () => {},
  }
  return fixture
})

describe('a simulated worker', () => {
  it('takes its latency until the last byte, and a share of it until the first token', async () => {
    const { worker, clock } = create({ latencyMs: 1_000 })
    const whole = timed(clock, worker.call(request(false), idle()))
    await clock.advanceAsync(2_000)
    expect((await whole).atMs).toBe(1_000)

    const { worker: other, clock: time } = create({ latencyMs: 1_000 })
    const head = timed(time, other.call(request(true), idle()))
    await time.advanceAsync(250)
    const { value, atMs } = await head
    expect(atMs).toBe(250)
    const end = timed(time, drain(streamOf(value)))
    await time.advanceAsync(2_000)
    expect((await end).atMs).toBeCloseTo(1_000, 6)
  })

  it('sends its tokens one by one, evenly', async () => {
    const { worker, clock } = create({ latencyMs: 1_000 })
    const stream = streamOf(await run(clock, worker.call(request(true, { max_tokens: 3 }), idle()), 50))
    const arrivals: number[] = []
    for (;;) {
      const step = await run(clock, stream.next(), 1)
      if (step.done) break
      if (step.value.includes('content_block_delta')) arrivals.push(clock.now())
    }
    expect(arrivals).toEqual([250, 500, 750])
  })

  it('draws latencies whose median and spread are as asked', () => {
    const random = seededRandom(7)
    const draws = Array.from({ length: 20_000 }, () => drawLatencyMs({ median: 400, sigma: 0.5 }, random))
    draws.sort((a, b) => a - b)
    expect(draws[10_000]).toBeGreaterThan(390)
    expect(draws[10_000]).toBeLessThan(410)
    // One standard deviation above: 400 · e^0.5 = 659 ms.
    expect(draws[Math.floor(20_000 * 0.8413)]).toBeGreaterThan(635)
    expect(draws[Math.floor(20_000 * 0.8413)]).toBeLessThan(685)
  })

  it('says that it is simulated, names its model and echoes the person', async () => {
    const text = await answerText({ messages: [{ role: 'user', content: 'Where is Pallet Town?' }] })
    expect(text).toContain('simulated')
    expect(text).toContain(MODEL)
    expect(text).toContain('Where is Pallet Town?')
  })

  it('echoes what the person wrote last, not reminders, results or system messages', async () => {
    const text = await answerText({
      messages: [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'yes' },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a', content: 'result' },
            { type: 'text', text: 'second 🚀' },
            { type: 'text', text: '<system-reminder>not me</system-reminder>' },
          ],
        },
        { role: 'system', content: '# Environment' },
      ],
    })
    expect(text).toContain('“second 🚀”')
    expect(text).not.toMatch(/first|result|reminder|Environment/)
  })

  it('echoes only the beginning of a long text', async () => {
    const text = await answerText({ messages: [{ role: 'user', content: '😀'.repeat(100_000) }] })
    expect(text.length).toBeLessThan(400)
    expect(text.isWellFormed()).toBe(true)
  })

  it('stops at max_tokens and counts what it used', async () => {
    const { worker, clock } = create()
    const reply = await run(clock, worker.call(request(false, { max_tokens: 5 }), idle()))
    const body = JSON.parse(wholeOf(reply))
    expect(body.stop_reason).toBe('max_tokens')
    expect(body.content[0].text).toHaveLength(20)
    expect(body.usage.output_tokens).toBe(5)
    expect(body.usage.input_tokens).toBe(
      Math.ceil(Buffer.concat(request(false, { max_tokens: 5 }).body).length / 4),
    )
  })

  it('streams the same answer as it gives whole', async () => {
    const { worker, clock } = create({ seed: 3 })
    const { worker: twin, clock: time } = create({ seed: 3 })
    const whole = JSON.parse(wholeOf(await run(clock, worker.call(request(false), idle()))))
    const reply = await run(time, twin.call(request(true), idle()))
    const events = eventsOf((await run(time, drain(streamOf(reply)))).text)
    expect(events.map((event) => event.type).filter((type, at, all) => type !== all[at - 1])).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const text = events.map((event) => event.delta?.text ?? '').join('')
    expect(text).toBe(whole.content[0].text)
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: whole.usage })
    expect(events[0]?.message?.id).toBe(whole.id)
  })

  it('calls the tool that is forced, and none otherwise', async () => {
    const tools = [
      { name: 'look', input_schema: { type: 'object' } },
      { name: 'walk', input_schema: { type: 'object' } },
    ]
    const ask = async (choice: object): Promise<unknown> => {
      const { worker, clock } = create()
      const reply = await run(clock, worker.call(request(false, { tools, tool_choice: choice }), idle()))
      const body = JSON.parse(wholeOf(reply))
      return [body.stop_reason, body.content[0].type, body.content[0].name, body.content[0].input]
    }
    expect(await ask({ type: 'any' })).toEqual(['tool_use', 'tool_use', 'look', {}])
    expect(await ask({ type: 'tool', name: 'walk' })).toEqual(['tool_use', 'tool_use', 'walk', {}])
    expect(await ask({ type: 'auto' })).toEqual(['end_turn', 'text', undefined, undefined])
  })

  it('streams a forced tool call as an agent expects it', async () => {
    const { worker, clock } = create()
    const forced = request(true, { tools: [{ name: 'look' }], tool_choice: { type: 'any' } })
    const reply = await run(clock, worker.call(forced, idle()))
    const events = eventsOf((await run(clock, drain(streamOf(reply)))).text)
    expect(events[1]?.content_block).toMatchObject({ type: 'tool_use', name: 'look', input: {} })
    expect(events[2]?.delta).toEqual({ type: 'input_json_delta', partial_json: '{}' })
  })

  it.each([
    ['not JSON', Buffer.from('{')],
    ['no object', Buffer.from('[]')],
    ['no model', Buffer.from('{"messages":[{"role":"user","content":"x"}],"max_tokens":1}')],
    ['no messages', Buffer.from('{"model":"m","messages":[],"max_tokens":1}')],
    ['no max_tokens', Buffer.from('{"model":"m","messages":[{"role":"user","content":"x"}]}')],
  ])('refuses a body with %s, as the API does', async (_what, body) => {
    const { worker, clock } = create()
    const reply = await run(clock, worker.call({ ...request(true), body: [body] }, idle()))
    expect(reply.status).toBe(400)
    expect(JSON.parse(wholeOf(reply))).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
    })
  })

  it('counts tokens, and knows no other path', async () => {
    const { worker, clock } = create()
    const at = (path: string): Promise<WireReply> =>
      run(clock, worker.call({ ...request(false), path, body: [Buffer.from('12345678')] }, idle()))
    expect(JSON.parse(wholeOf(await at('/v1/messages/count_tokens?beta=true')))).toEqual({ input_tokens: 2 })
    expect((await at('/v1/complete')).status).toBe(404)
  })

  it('fails as often as it is told to, in three ways', async () => {
    const { worker, clock } = create({ failureRate: 0.3, latencyMs: 1 })
    const count: Record<string, number> = {}
    for (let n = 0; n < 600; n++) {
      const how = await run(
        clock,
        worker.call(request(false), idle()).then(
          (reply) => String(reply.status),
          (error: { code: string }) => error.code,
        ),
      )
      count[how] = (count[how] ?? 0) + 1
    }
    expect(Object.keys(count).sort()).toEqual(['200', '500', '529', 'worker-failed'])
    expect(count['200']).toBeGreaterThan(380)
    expect(count['200']).toBeLessThan(460)
    for (const way of ['500', '529', 'worker-failed']) expect(count[way]).toBeGreaterThan(35)
  })

  it('goes the same way again with the same seed, and another with another', async () => {
    const journey = async (seed: number): Promise<readonly string[]> => {
      const { worker, clock } = create({ seed, failureRate: 0.5 })
      const seen: string[] = []
      for (let n = 0; n < 20; n++) {
        const call = worker.call(request(false), idle()).then(
          (reply) => `${reply.status} ${wholeOf(reply)}`,
          (error: unknown) => String(error),
        )
        seen.push(`${await run(clock, call, 1)} at ${clock.now()}`)
      }
      return seen
    }
    expect(await journey(1)).toEqual(await journey(1))
    expect(await journey(1)).not.toEqual(await journey(2))
  })

  it('sends retry-after with a scripted status', async () => {
    const { worker, clock } = create({ faults: [{ at: 2, kind: 'status', status: 429, retryAfterS: 7 }] })
    expect((await run(clock, worker.call(request(false), idle()))).status).toBe(200)
    const second = await run(clock, worker.call(request(false), idle()))
    expect(second.status).toBe(429)
    expect(second.headers['retry-after']).toBe('7')
    expect(JSON.parse(wholeOf(second)).error.type).toBe('rate_limit_error')
    expect((await run(clock, worker.call(request(false), idle()))).status).toBe(200)
  })
})

function create(options: Partial<SimulatedOptions> = {}): { worker: Worker; clock: VirtualClock } {
  const clock = virtualClock()
  const system = { clock, random: seededRandom(1), log: silentLog }
  return { worker: simulatedWorker({ ...options, kind: 'simulated', model: MODEL }, system), clock }
}

function request(stream: boolean, more: object = {}): WireRequest {
  const body = {
    model: MODEL,
    max_tokens: 1_000,
    messages: [{ role: 'user', content: 'Hello' }],
    stream,
    ...more,
  }
  return { path: '/v1/messages', headers: {}, body: [Buffer.from(JSON.stringify(body))], stream }
}

async function answerText(more: object): Promise<string> {
  const { worker, clock } = create()
  return JSON.parse(wholeOf(await run(clock, worker.call(request(false, more), idle())))).content[0].text
}

/** Moves the clock in steps until the promise settles. */
async function run<T>(clock: VirtualClock, promise: Promise<T>, stepMs = 25): Promise<T> {
  let settled = false
  const mark = (): void => {
    settled = true
  }
  promise.then(mark, mark)
  await clock.advanceAsync(0)
  for (let steps = 0; !settled && steps < 10_000; steps++) await clock.advanceAsync(stepMs)
  return promise
}

async function timed<T>(clock: VirtualClock, promise: Promise<T>): Promise<{ value: T; atMs: number }> {
  const value = await promise
  return { value, atMs: clock.now() }
}

interface StreamedEvent {
  readonly type: string
  readonly message?: { readonly id: string }
  readonly delta?: { readonly text?: string }
  readonly content_block?: object
}

function eventsOf(text: string): readonly StreamedEvent[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event): StreamedEvent => JSON.parse(event.split('\ndata: ')[1] ?? ''))
}
