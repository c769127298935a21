import { Command } from 'commander'
import { Agent, request } from 'undici'
import { type Clock, sleep } from '../core/clock.ts'
import type { DecisionRecord } from '../core/decision.ts'
import { type Random, seededRandom } from '../core/random.ts'
import { realSystem } from '../core/system.ts'
import { createCards } from '../models/catalog.ts'
import { startServer } from '../server/server.ts'
import { type DemoClient, type Sent, sendTurns, type Turn } from './demo-client.ts'
import { demoConfig } from './demo-fleet.ts'
import { type DemoReport, demoReport } from './demo-report.ts'
import { wholeNumber } from './options.ts'
import { type Conversation, conversations } from './samples.ts'
import { paint, printJson, progress, table } from './terminal.ts'

/**
 * `signalbox demo`: starts a server of its own, sends it conversations over HTTP as clients do, and shows what
 * became of them.
 */
interface DemoOptions {
  readonly messages: string
  readonly seed: string
  readonly json?: true
}

/** As many as the decision log keeps. */
const MESSAGES_MAX = 10_000
const CONVERSATIONS_AT_ONCE = 16
/** Every third conversation is streamed. */
const STREAMED_EACH = 3

export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Sends sample conversations through a simulated fleet, over HTTP, and shows what became of them.',
    )
    .option('--messages <number>', 'how many messages to send', '200')
    .option('--seed <number>', 'another seed sends other conversations', '1')
    .option('--json', 'print JSON')
    .action(demo)
}

async function demo(options: DemoOptions): Promise<void> {
  const messages = wholeNumber('--messages', options.messages, 1, MESSAGES_MAX)
  const seed = wholeNumber('--seed', options.seed, 0, 2 ** 31)
  const system = realSystem()
  const server = await startServer(demoConfig(seed), system)
  const client = { origin: server.url, dispatcher: new Agent({ connections: 64 }), clock: system.clock }
  try {
    const startMs = system.clock.now()
    const sent = await sendAll(client, conversationPlan(messages, seededRandom(seed)), messages)
    const seconds = (system.clock.now() - startMs) / 1000
    const records = await readDecisions(client, sent, system.clock)
    const report = demoReport(sent, records, createCards())
    if (options.json) printJson(report)
    else process.stdout.write(`${describe(report, records, seconds)}\n`)
    if (report.failed > 0) process.exitCode = 1
  } finally {
    await client.dispatcher.close()
    await server.close()
  }
}

/** Conversations in random order, again and again, until they make so many messages; the last may be cut short. */
export function conversationPlan(messages: number, random: Random): readonly Conversation[] {
  const plan: Conversation[] = []
  let left = messages
  let deck: Conversation[] = []
  while (left > 0) {
    if (deck.length === 0) deck = shuffled(conversations, random)
    const [first, followUp] = deck.pop() ?? ['Hello!']
    const cut: Conversation = left === 1 || followUp === undefined ? [first] : [first, followUp]
    plan.push(cut)
    left -= cut.length
  }
  return plan
}

function shuffled<Value>(values: readonly Value[], random: Random): Value[] {
  return values
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
}

async function sendAll(
  client: DemoClient,
  plan: readonly Conversation[],
  messages: number,
): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  const bar = progress('demo', messages)
  let next = 0
  async function converseInTurn(): Promise<void> {
    for (let index = next++; index < plan.length; index = next++) {
      const turns: Turn[] = []
      for (const content of plan[index] ?? []) {
        turns.push({ role: 'user', content: content ?? '' })
        const stream = index % STREAMED_EACH === 0
        const reply = await sendTurns(client, turns, { session: `demo-${index}`, stream })
        sent.push(reply)
        bar.step(sent.length)
        turns.push({ role: 'assistant', content: reply.text === '' ? '…' : reply.text })
      }
    }
  }
  await Promise.all(Array.from({ length: CONVERSATIONS_AT_ONCE }, converseInTurn))
  bar.end()
  return sent
}

/** What the log says of the messages that were sent. A record is written when its message is done, a moment after its last byte. */
async function readDecisions(
  { origin, dispatcher }: DemoClient,
  sent: readonly Sent[],
  clock: Clock,
): Promise<readonly DecisionRecord[]> {
  const wanted = new Set(sent.map((each) => each.trace))
  const found = new Map<string, DecisionRecord>()
  for (let attempt = 0; attempt < 20 && found.size < wanted.size; attempt++) {
    if (attempt > 0) await sleep(clock, 50)
    let before: string | undefined
    for (;;) {
      const query = `limit=1000${before === undefined ? '' : `&before=${before}`}`
      const response = await request(`${origin}/api/decisions?${query}`, { dispatcher })
      // Our own server: the shape of its answer is its contract.
      const { decisions } = (await response.body.json()) as { decisions: readonly DecisionRecord[] }
      for (const record of decisions) if (wanted.has(record.id)) found.set(record.id, record)
      before = decisions.at(-1)?.id
      if (before === undefined) break
    }
  }
  return [...found.values()]
}

function describe(report: DemoReport, records: readonly DecisionRecord[], seconds: number): string {
  const models = new Map(records.map(({ worker, model }) => [worker, model]))
  const classes = table(
    [{ title: 'class' }, { title: 'messages', align: 'right' }],
    Object.entries(report.byClass).map(([name, count]) => [name, String(count)]),
  )
  const workers = table(
    [
      { title: 'worker' },
      { title: 'model' },
      { title: 'messages', align: 'right' },
      { title: 'ok', align: 'right' },
      { title: 'p50 ms', align: 'right' },
      { title: 'waited ms', align: 'right' },
      { title: 'cost $', align: 'right' },
    ],
    Object.entries(report.byWorker).map(([worker, { messages, ok, p50Ms, waitMs, costUsd }]) => [
      worker,
      models.get(worker) ?? '',
      String(messages),
      String(ok),
      p50Ms.toFixed(0),
      waitMs.toFixed(1),
      costUsd.toFixed(4),
    ]),
  )
  const saved = report.costAllOpusUsd > 0 ? 1 - report.costUsd / report.costAllOpusUsd : 0
  return [
    `${paint('bold', `${report.ok} of ${report.messages} messages answered`)} in ${seconds.toFixed(1)} s, ` +
      `p50 ${report.p50Ms.toFixed(0)} ms, p99 ${report.p99Ms.toFixed(0)} ms`,
    classes,
    workers,
    `cost $${report.costUsd.toFixed(4)}; everything on opus $${report.costAllOpusUsd.toFixed(4)}: ` +
      `${(saved * 100).toFixed(0)} % saved`,
  ].join('\n\n')
}
