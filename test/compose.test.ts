import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { composeEngine } from '../src/compose.ts'
import { parseConfig } from '../src/config/load.ts'
import type { ConfigInput } from '../src/config/schema.ts'
import type { DecisionRecord } from '../src/core/decision.ts'
import type { Engine } from '../src/core/engine.ts'
import { systemRandom } from '../src/core/random.ts'
import { silentLog, type System } from '../src/core/system.ts'
import { systemClock } from '../src/core/clock.ts'
import type { WorkerView } from '../src/core/worker.ts'
import { type FakeSystem, fakeSystem } from '../src/testing/fake-system.ts'

/** That each key of the configuration, and each wire between the rooms, is connected. */
interface Scene {
  readonly engine: Engine
  readonly records: DecisionRecord[]
  /** What the mode became, and why. */
  readonly modes: string[]
}

function compose(config: ConfigInput, system: System): Scene {
  const engine = composeEngine(parseConfig({ store: { memory: true }, ...config }), system)
  const records: DecisionRecord[] = []
  const modes: string[] = []
  engine.events.subscribe('message-done', ({ record }) => records.push(record))
  engine.events.subscribe('mode-changed', ({ to, cause }) => modes.push(`${to}: ${cause}`))
  return { engine, records, modes }
}

function start(config: ConfigInput): Scene & { readonly system: FakeSystem } {
  const system = fakeSystem()
  return { ...compose(config, system), system }
}

/** Moves time until the promise has settled. */
async function eventually<Value>(system: FakeSystem, promise: Promise<Value>): Promise<Value> {
  let settled = false
  const watched = promise.finally(() => {
    settled = true
  })
  watched.catch(() => undefined)
  for (let step = 0; step < 2_000 && !settled; step++) await system.clock.advanceAsync(100)
  return watched
}

type WorkerInput = NonNullable<ConfigInput['pools']>[string]['workers'][number]

const simulated = (changes: object = {}): WorkerInput => ({
  kind: 'simulated',
  model: 'm',
  latencyMs: 1_010,
  ...changes,
})

function onePool(...workers: readonly [WorkerInput, ...WorkerInput[]]): ConfigInput {
  return {
    pools: { only: { strategy: 'round-robin', workers } },
    routes: { simple: ['only'] },
    classify: { fallback: 'simple' },
  }
}

describe('the composed engine', () => {
  it('seats a waiting message in the moment in which a slot comes free', async () => {
    const { engine, system, records } = start(onePool(simulated({ capacity: 1 })))
    await eventually(system, Promise.all(['a', 'b', 'c'].map((content) => engine.send({ content }))))
    expect(records.map(({ waitMs }) => waitMs)).toEqual([0, 1_010, 2_020])
    await eventually(system, engine.close())
  })

  it('lets a message spill to the next pool after queue.spillMs', async () => {
    const { engine, system, records } = start({
      pools: {
        first: { workers: [simulated({ capacity: 1, latencyMs: 60_000 })] },
        next: { workers: [simulated({ latencyMs: 10 })] },
      },
      routes: { simple: ['first', 'next'] },
      classify: { fallback: 'simple' },
      queue: { spillMs: 3_000 },
    })
    await eventually(system, Promise.all([engine.send({ content: 'a' }), engine.send({ content: 'b' })]))
    expect(records[0]).toMatchObject({ pool: 'next' })
    expect(records[0]?.waitMs).toBeGreaterThanOrEqual(3_000)
    expect(records[0]?.waitMs).toBeLessThanOrEqual(3_050)
    expect(records[1]).toMatchObject({ pool: 'first', waitMs: 0 })
    await eventually(system, engine.close())
  })

  it.each([
    ['hash', { textHash: expect.stringMatching(/^[0-9a-f]{16}$/) }],
    ['text', { textHash: expect.stringMatching(/^[0-9a-f]{16}$/), text: 'a secret wish' }],
    ['none', { textHash: null }],
  ] as const)('keeps of the text what decisions.keep says: %s', async (keep, kept) => {
    const { engine, system, records } = start({ ...onePool(simulated()), decisions: { keep } })
    await eventually(system, engine.send({ content: 'a secret wish' }))
    expect(records).toMatchObject([{ textLength: 13, ...kept }])
    expect('text' in (records[0] ?? {})).toBe(keep === 'text')
    await eventually(system, engine.close())
  })

  it('hands strategies each worker’s weight, capacity and model', async () => {
    let seen: readonly WorkerView[] = []
    const { engine, system } = start({
      ...onePool(simulated()),
      pools: {
        only: {
          strategy: (candidates) => {
            seen = [...candidates]
            return candidates[0]
          },
          workers: [
            simulated({ weight: 3, capacity: 5 }),
            simulated({ weight: 0.5, capacity: 2, model: 'n' }),
          ],
        },
      },
    })
    await eventually(system, engine.send({ content: 'hi' }))
    expect(seen).toMatchObject([
      { id: 'only-1', pool: 'only', model: 'm', weight: 3, slots: 5 },
      { id: 'only-2', pool: 'only', model: 'n', weight: 0.5, slots: 2 },
    ])
    await eventually(system, engine.close())
  })

  it('lets copies of a seeded worker differ, and repeats them the next time, whatever chance is else', async () => {
    const latencies = async (chance: number): Promise<readonly (number | undefined)[]> => {
      const system = fakeSystem({ seed: chance })
      const worker = simulated({ seed: 7, count: 3, latencyMs: { median: 400, sigma: 1 } })
      const { engine, records } = compose(onePool(worker), system)
      await eventually(system, Promise.all(['a', 'b', 'c'].map((content) => engine.send({ content }))))
      await eventually(system, engine.close())
      return records
        .toSorted((a, b) => String(a.worker).localeCompare(String(b.worker)))
        .map(({ attempts }) => attempts[0]?.ms)
    }
    const once = await latencies(1)
    expect(new Set(once).size).toBe(3)
    expect(await latencies(2)).toEqual(once)
  })

  it('lets the classifier rest after repeated failures, and tells it in the mode', async () => {
    const { engine, system, modes } = start(onePool(simulated({ latencyMs: 10 })))
    // The one way in which a message of ours can make the classifier fail: a hint that cannot be read.
    const context = Object.defineProperty({}, 'hint', {
      enumerable: true,
      get() {
        throw new Error('unreadable')
      },
    })
    const body = Buffer.from('{"model":"auto","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}')
    const ask = { wire: 'anthropic', body, query: '', headers: {} } as const
    const signal = async (more: object = {}): Promise<string | undefined> => {
      const journey = engine.start({ ...ask, ...more })
      await eventually(system, journey.answer)
      return journey.classification.reasons[0]?.signal
    }
    for (let i = 0; i < 5; i++) expect(await signal({ context })).toBe('failure')
    expect(engine.mode()).toBe('degraded')
    expect(await signal()).toBe('mode')
    await system.clock.advanceAsync(31_000)
    expect(engine.mode()).toBe('degraded')
    expect(await signal()).not.toBe('mode')
    await system.clock.advanceAsync(29_000)
    expect(engine.mode()).toBe('degraded')
    await system.clock.advanceAsync(3_000)
    expect(modes).toEqual(['degraded: the classifier rests', 'normal: 30 s without trouble'])
    await eventually(system, engine.close())
  })

  it('takes the limits of one model for no other model’s, and for all workers’ with the same key', async () => {
    const asked: string[] = []
    const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
      let text = ''
      for await (const chunk of req) text += String(chunk)
      const model = /"model":"([^"]*)"/.exec(text)?.[1] ?? ''
      if (req.method === 'POST') asked.push(model)
      const limited = model === 'claude-opus-5-5'
      const error = { type: 'error', error: { type: 'rate_limit_error', message: 'x' } }
      const usage = { input_tokens: 1, output_tokens: 1 }
      const content = [{ type: 'text', text: 'fine' }]
      const reply = { id: 'msg_1', type: 'message', role: 'assistant', model, content, usage }
      res.writeHead(limited ? 429 : 200, {
        'content-type': 'application/json',
        ...(limited && { 'retry-after': '30' }),
      })
      res.end(JSON.stringify(limited ? error : { ...reply, stop_reason: 'end_turn', stop_sequence: null }))
    }
    const upstream = createServer((req, res) => void answer(req, res))
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    const worker = (model: string, apiKey: string, count = 1): WorkerInput => ({
      kind: 'anthropic',
      baseUrl,
      apiKey,
      model,
      count,
    })
    const { engine } = compose(
      onePool(
        worker('claude-opus-5-5', 'one', 2),
        worker('claude-opus-5-5', 'another'),
        worker('claude-sonnet-5-5', 'one'),
      ),
      { clock: systemClock, random: systemRandom(), log: silentLog },
    )
    onTestFinished(async () => {
      await engine.close(0)
      upstream.closeAllConnections()
      upstream.close()
    })
    const states = (): string =>
      engine
        .workers()
        .map(({ state }) => state)
        .join(' ')
    await engine.send({ content: 'hi', model: 'claude-opus-5-5', deadlineMs: 2_000 }).catch(() => undefined)
    expect(asked).toEqual(['claude-opus-5-5', 'claude-opus-5-5'])
    expect(states()).toBe('unavailable unavailable unavailable healthy')
    expect(await engine.send({ content: 'hi' })).toMatchObject({ decision: { worker: 'only-4' } })
  })
})
