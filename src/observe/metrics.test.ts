import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { failed } from '../core/outcome.ts'
import { fakeEngine, fakeWorkerStatus } from '../testing/fake-engine.ts'
import { virtualClock } from '../testing/index.ts'
import { createMetrics } from './metrics.ts'
import { type MetricName, metricTable } from './metric-table.ts'
import { seriesMax } from './series.ts'

function setUp() {
  const engine = fakeEngine()
  const clock = virtualClock()
  const metrics = createMetrics({
    events: engine.events,
    engine,
    clock,
    decisionsDropped: () => 4,
    classes: ['strategic', 'tactical', 'simple'],
    version: '1.2.3',
  })
  /** Every sample by its name and labels, as text. */
  async function samples(): Promise<Map<string, number>> {
    const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      lines.map((line) => {
        const cut = line.lastIndexOf(' ')
        return [line.slice(0, cut), Number(line.slice(cut + 1))]
      }),
    )
  }
  return { engine, clock, metrics, samples }
}

type Stage = ReturnType<typeof setUp>

/** How each metric is fed, and the sample that must be there afterwards. A metric without a line here does not compile. */
const feeds: Record<MetricName, readonly [feed: (stage: Stage) => void, sample: string, value?: number]> = {
  signalbox_build_info: [() => {}, `signalbox_build_info{version="1.2.3",node="${process.version}"}`, 1],
  signalbox_messages_received_total: [
    ({ engine }) =>
      engine.events.publish('message-received', { traceId: 'a', kind: 'anthropic', priority: 'high' }),
    'signalbox_messages_received_total{kind="anthropic",priority="high"}',
    1,
  ],
  signalbox_messages_total: [
    ({ engine }) => engine.finish({ outcome: 'queue-full' }),
    'signalbox_messages_total{class="strategic",source="pattern",outcome="queue-full"}',
    1,
  ],
  signalbox_message_duration_seconds: [
    ({ engine }) => engine.finish({ totalMs: 400 }),
    'signalbox_message_duration_seconds_bucket{class="strategic",le="0.5"}',
    1,
  ],
  signalbox_classify_seconds: [
    ({ engine }) =>
      engine.events.publish('message-classified', {
        traceId: 'a',
        classification: { class: 'simple', confidence: 1, source: 'forced', reasons: [], micros: 20 },
      }),
    'signalbox_classify_seconds_bucket{le="0.000025"}',
    1,
  ],
  signalbox_queue_wait_seconds: [
    ({ engine }) => engine.finish({ waitMs: 2_000 }),
    'signalbox_queue_wait_seconds_sum',
    2,
  ],
  signalbox_queue_depth: [
    ({ engine }) => {
      const byPriority = { critical: 0, high: 0, normal: 0, low: 7 }
      engine.facts.queue = { ...engine.facts.queue, byPriority }
    },
    'signalbox_queue_depth{priority="low"}',
    7,
  ],
  signalbox_queue_capacity: [() => {}, 'signalbox_queue_capacity', 10_000],
  signalbox_queue_oldest_seconds: [
    ({ engine }) => {
      engine.facts.queue = { ...engine.facts.queue, oldestMs: 1_500 }
    },
    'signalbox_queue_oldest_seconds',
    1.5,
  ],
  signalbox_shed_total: [
    ({ engine }) =>
      engine.events.publish('message-shed', { traceId: 'a', code: 'displaced', priority: 'low' }),
    'signalbox_shed_total{code="displaced",priority="low"}',
    1,
  ],
  signalbox_attempts_total: [
    ({ engine }) => attempt(engine, 300),
    'signalbox_attempts_total{pool="opus",outcome="worker-timeout"}',
    1,
  ],
  signalbox_attempt_duration_seconds: [
    ({ engine }) => attempt(engine, 300),
    'signalbox_attempt_duration_seconds_sum{pool="opus"}',
    0.3,
  ],
  signalbox_worker_slots: [() => {}, 'signalbox_worker_slots{worker="opus-1",pool="opus"}', 4],
  signalbox_worker_in_flight: [
    ({ engine }) => {
      engine.facts.workers = [fakeWorkerStatus({ inFlight: 3 })]
    },
    'signalbox_worker_in_flight{worker="opus-1",pool="opus"}',
    3,
  ],
  signalbox_worker_state: [
    ({ engine }) => {
      engine.facts.workers = [fakeWorkerStatus({ state: 'unavailable' })]
    },
    'signalbox_worker_state{worker="opus-1",pool="opus"}',
    3,
  ],
  signalbox_breaker_state: [
    ({ engine }) => {
      engine.facts.workers = [fakeWorkerStatus({ breaker: 'half-open' })]
    },
    'signalbox_breaker_state{worker="opus-1",pool="opus"}',
    1,
  ],
  signalbox_mode: [
    ({ engine }) => {
      engine.facts.mode = 'emergency'
    },
    'signalbox_mode',
    2,
  ],
  signalbox_cost_usd_total: [
    ({ engine }) => engine.finish({ costUsd: 0.25 }),
    'signalbox_cost_usd_total{pool="opus",model="claude-opus-5-5"}',
    0.25,
  ],
  signalbox_tokens_total: [
    ({ engine }) => engine.finish({ usage: { inputTokens: 12, outputTokens: 8 } }),
    'signalbox_tokens_total{pool="opus",direction="output"}',
    8,
  ],
  signalbox_lessons_total: [
    ({ engine }) => {
      const lesson = { path: ['seed'], mend: { kind: 'remove' } } as const
      engine.events.publish('lesson-learned', { fact: { host: 'h', model: 'm', lesson, at: '' } })
    },
    'signalbox_lessons_total',
    1,
  ],
  signalbox_losses_total: [
    ({ engine }) => engine.finish({ losses: ['removed:a_caller_wrote_this'] }),
    'signalbox_losses_total{loss="removed"}',
    1,
  ],
  signalbox_decisions_dropped_total: [() => {}, 'signalbox_decisions_dropped_total', 4],
  signalbox_listener_failures_total: [
    ({ engine }) => {
      engine.events.subscribe('message-queued', () => {
        throw new Error('bad observer')
      })
      engine.events.publish('message-queued', { traceId: 'a', lane: 'opus', priority: 'low' })
    },
    'signalbox_listener_failures_total{event="message-queued"}',
    1,
  ],
  signalbox_series_overflow_total: [
    ({ engine }) => {
      const names = Array.from({ length: seriesMax + 1 }, (_, at) => fakeWorkerStatus({ id: `w-${at}` }))
      engine.facts.workers = names
    },
    'signalbox_series_overflow_total{metric="signalbox_worker_slots"}',
    2,
  ],
  signalbox_process_cpu_seconds_total: [() => {}, 'signalbox_process_cpu_seconds_total'],
  signalbox_process_resident_memory_bytes: [() => {}, 'signalbox_process_resident_memory_bytes'],
  signalbox_process_heap_bytes: [() => {}, 'signalbox_process_heap_bytes'],
  signalbox_process_event_loop_delay_seconds: [
    ({ clock }) => clock.advance(1_000),
    'signalbox_process_event_loop_delay_seconds_count',
    2,
  ],
  signalbox_process_uptime_seconds: [
    ({ clock }) => clock.advance(90_000),
    'signalbox_process_uptime_seconds',
    90,
  ],
}

function attempt(engine: Stage['engine'], durationMs: number): void {
  engine.events.publish('attempt-ended', {
    traceId: 'a',
    worker: 'opus-1',
    pool: 'opus',
    outcome: failed('worker-timeout', 'too slow', 'worker'),
    durationMs,
  })
}

describe('metrics', () => {
  for (const [name, [feed, sample, value]] of Object.entries(feeds))
    it(`${name} is fed`, async () => {
      const stage = setUp()
      feed(stage)
      const found = (await stage.samples()).get(sample)
      if (value === undefined) expect(found).toBeGreaterThan(0)
      else expect(found).toBe(value)
    })

  it('shows what has no labels from the start, as 0', async () => {
    const { samples } = setUp()
    const found = await samples()
    expect(found.get('signalbox_classify_seconds_count')).toBe(0)
    expect(found.get('signalbox_queue_wait_seconds_bucket{le="+Inf"}')).toBe(0)
  })

  it('cumulates the buckets of a histogram, and has what is beyond the last under +Inf alone', async () => {
    const { engine, samples } = setUp()
    for (const waitMs of [1, 500, 1e9]) engine.finish({ waitMs })
    const found = await samples()
    const bucket = (le: string) => found.get(`signalbox_queue_wait_seconds_bucket{le="${le}"}`)
    expect([bucket('0.001'), bucket('0.1'), bucket('0.5'), bucket('600'), bucket('+Inf')]).toEqual([
      1, 1, 2, 2, 3,
    ])
  })

  it('lets no name in that is not known: classes, pools, models, outcomes', async () => {
    const { engine, samples } = setUp()
    engine.finish({ class: 'made-up', pool: 'made-up', model: 'made-up', outcome: 'made-up' })
    engine.events.publish('message-received', { traceId: 'a', kind: 'made-up', priority: 'low' })
    engine.events.publish('message-shed', { traceId: 'a', code: 'made-up', priority: 'low' })
    engine.events.publish('attempt-ended', {
      traceId: 'a',
      worker: 'made-up',
      pool: 'made-up',
      outcome: { kind: 'ok' },
      durationMs: 1,
    })
    const names = [...(await samples()).keys()]
    expect(names.filter((name) => name.includes('made-up'))).toEqual([])
    expect(names).toContain('signalbox_messages_total{class="other",source="pattern",outcome="other"}')
  })

  it('counts a message that never had a worker under none', async () => {
    const { engine, samples } = setUp()
    engine.finish({ pool: null, worker: null, model: null, outcome: 'no-worker', costUsd: 0 })
    expect((await samples()).get('signalbox_cost_usd_total{pool="none",model="none"}')).toBe(0)
  })

  it('learns the names of workers that came later', async () => {
    const { engine, samples } = setUp()
    engine.facts.workers = [fakeWorkerStatus({ id: 'new-1', pool: 'new', model: 'new-model' })]
    await samples()
    engine.finish({ pool: 'new', model: 'new-model' })
    expect((await samples()).get('signalbox_cost_usd_total{pool="new",model="new-model"}')).toBe(0.0021)
  })

  it('forgets a worker that has gone', async () => {
    const { engine, samples } = setUp()
    await samples()
    engine.facts.workers = []
    expect([...(await samples()).keys()].filter((name) => name.startsWith('signalbox_worker_'))).toEqual([])
  })

  it('is not spoilt by numbers that are none', async () => {
    const { engine, metrics } = setUp()
    const none = [Number.NaN, Number.POSITIVE_INFINITY, -1]
    for (const bad of none)
      engine.finish({
        totalMs: bad,
        waitMs: bad,
        costUsd: bad,
        usage: { inputTokens: bad, outputTokens: bad },
      })
    expect(await metrics.text()).not.toMatch(/ (nan|[+-]?inf|-\d)/i)
  })

  it('never has more than a thousand series of one metric, and counts what is beyond', async () => {
    const { engine, samples } = setUp()
    for (let name = 0; name < 3_000; name++)
      engine.events.publish('listener-failed', { event: `event-${name}`, error: undefined })
    const found = await samples()
    const series = [...found.keys()].filter((name) => name.startsWith('signalbox_listener_failures_total'))
    expect(series).toHaveLength(seriesMax)
    expect(found.get('signalbox_listener_failures_total{event="other"}')).toBe(2_001)
    expect(found.get('signalbox_series_overflow_total{metric="signalbox_listener_failures_total"}')).toBe(
      2_001,
    )
  })

  it('hears nothing after it was closed, and leaves no timer behind', async () => {
    const { engine, clock, metrics, samples } = setUp()
    engine.finish()
    metrics.close()
    engine.finish()
    expect(clock.pendingTimers).toBe(0)
    const name = 'signalbox_messages_total{class="strategic",source="pattern",outcome="ok"}'
    expect((await samples()).get(name)).toBe(1)
  })

  it('names each metric signalbox_, and each label once', () => {
    for (const [name, { labels }] of Object.entries(metricTable)) {
      expect(name).toMatch(/^signalbox_[a-z_]+$/)
      expect(new Set(labels).size).toBe(labels.length)
    }
  })

  it('writes what promtool finds nothing to say about', async () => {
    const stage = setUp()
    for (const [feed] of Object.values(feeds)) feed(stage)
    const text = await stage.metrics.text()
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    if (promtool.error) {
      if (process.env['CI'] === 'true') throw promtool.error
      console.log('skipped: no promtool')
      return
    }
    expect(promtool.stdout + promtool.stderr).toBe('')
    expect(promtool.status).toBe(0)
  })
})
