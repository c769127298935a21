/**
 * What one operation of the queue costs while 100,000 messages wait, against a binary heap (tinyqueue) that does
 * the same in the same run. The heap has no cancel: its users mark the entry and pop it later, which is what is
 * measured. Figures are the median over batches of 500 operations, in microseconds per operation.
 */
import TinyQueue from 'tinyqueue'
import { systemClock } from '../src/core/clock.ts'
import { type Priority, priorities } from '../src/core/message.ts'
import { type Random, seededRandom } from '../src/core/random.ts'
import { createPriorityQueue } from '../src/queue/priority-queue.ts'
import type { MessageQueue, Ticket } from '../src/queue/queue.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const DEPTH = 100_000
const BATCH = 500
const LANES = 8

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const batches = options.quick ? 20 : 400
  const ours = measure(batches, ourRival(seededRandom(1)))
  const heap = measure(batches, heapRival(seededRandom(1)))
  return (['enqueue', 'take', 'cancel', 'mixed'] as const).map((operation) => ({
    name: `queue ${operation} at depth ${DEPTH.toLocaleString('en')}`,
    ours: ours[operation],
    unit: 'µs',
    reference: {
      name: `tinyqueue${operation === 'cancel' ? ', marked and popped' : ''}`,
      value: heap[operation],
    },
    target: '≤ 1 µs',
  }))
}

/** One queue under test: each call does one operation and leaves the books right. */
interface Rival {
  readonly enqueue: () => void
  readonly take: () => void
  readonly cancel: () => void
  /** Time passes between batches; what is too old is thrown out. */
  readonly tick: () => void
}

type Figures = Record<'enqueue' | 'take' | 'cancel' | 'mixed', number>

function measure(batches: number, rival: Rival): Figures {
  for (let filled = 0; filled < DEPTH; filled++) rival.enqueue()
  const samples = {
    enqueue: [] as number[],
    take: [] as number[],
    cancel: [] as number[],
    mixed: [] as number[],
  }
  const warmUp = Math.ceil(batches / 4)
  for (let batch = 0; batch < batches + warmUp; batch++) {
    // In this order the depth stays where it is: a batch in, a batch out, twice.
    const enqueue = timed(rival.enqueue)
    const take = timed(rival.take)
    timed(rival.enqueue)
    const cancel = timed(rival.cancel)
    const mixed = timed(() => mix(rival))
    rival.tick()
    if (batch < warmUp) continue
    samples.enqueue.push(enqueue)
    samples.take.push(take)
    samples.cancel.push(cancel)
    samples.mixed.push(mixed / 4)
  }
  return {
    enqueue: median(samples.enqueue),
    take: median(samples.take),
    cancel: median(samples.cancel),
    mixed: median(samples.mixed),
  }
}

function mix(rival: Rival): void {
  rival.enqueue()
  rival.take()
  rival.enqueue()
  rival.cancel()
}

function timed(run: () => void): number {
  const startMs = systemClock.now()
  for (let count = 0; count < BATCH; count++) run()
  return ((systemClock.now() - startMs) * 1_000) / BATCH
}

function median(samples: number[]): number {
  return samples.sort((one, other) => one - other)[samples.length >> 1] ?? Number.NaN
}

const lanes = Array.from({ length: LANES }, (_, number) => `pool-${number}`)

function ourRival(random: Random): Rival {
  const queue: MessageQueue<number> = createPriorityQueue({ capacity: 2 * DEPTH })
  const recent = createRecent<Ticket<number>>()
  let nowMs = 0
  let value = 0
  return {
    enqueue() {
      const [lane, priority] = draw(random)
      const enqueued = queue.enqueue(value++, { lane, priority, nowMs, expiresAtMs: nowMs + 120_000 })
      if (enqueued.kind === 'queued') recent.put(random, enqueued.ticket)
    },
    take() {
      if (!queue.take(nowMs)) throw new Error('the queue ran empty')
    },
    cancel() {
      const ticket = recent.any(random)
      // What was taken meanwhile cannot be cancelled; a take keeps the depth.
      if (!ticket || !queue.cancel(ticket)) queue.take(nowMs)
    },
    tick() {
      nowMs += 20
      queue.expire(nowMs)
    },
  }
}

interface HeapEntry {
  readonly value: number
  readonly rank: number
  readonly sequence: number
  readonly expiresAtMs: number
  cancelled: boolean
}

function heapRival(random: Random): Rival {
  const heap = new TinyQueue<HeapEntry>(
    [],
    (one, other) => one.rank - other.rank || one.sequence - other.sequence,
  )
  const recent = createRecent<HeapEntry>()
  let nowMs = 0
  let sequence = 0
  function take(): void {
    let entry = heap.pop()
    while (entry && (entry.cancelled || entry.expiresAtMs <= nowMs)) entry = heap.pop()
    if (!entry) throw new Error('the heap ran empty')
    entry.cancelled = true
  }
  return {
    enqueue() {
      const [, priority] = draw(random)
      const rank = priorities.indexOf(priority)
      const entry = { value: sequence, rank, sequence, expiresAtMs: nowMs + 120_000, cancelled: false }
      sequence++
      heap.push(entry)
      recent.put(random, entry)
    },
    take,
    cancel() {
      const entry = recent.any(random)
      if (entry && !entry.cancelled) entry.cancelled = true
      // The marked one is paid for by a pop sooner or later; here at once, so that the depth stays.
      heap.pop()
    },
    tick() {
      nowMs += 20
    },
  }
}

function draw(random: Random): readonly [string, Priority] {
  const bits = random.uint32()
  return [lanes[bits % LANES] ?? 'pool-0', priorities[(bits >>> 16) % priorities.length] ?? 'normal']
}

/** A thousand tickets at random places among those that came: what a cancel picks from. */
function createRecent<Item>(): {
  put(random: Random, item: Item): void
  any(random: Random): Item | undefined
} {
  const items: Item[] = []
  return {
    put(random: Random, item: Item): void {
      if (items.length < 1_000) items.push(item)
      else items[random.uint32() % 1_000] = item
    },
    any: (random: Random): Item | undefined => items[random.uint32() % items.length],
  }
}
