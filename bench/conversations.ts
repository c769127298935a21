/**
 * Whose class is it? Authored conversations with a coding agent (data/conversations.jsonl), request by request through
 * the real engine: protocol view, the person's texts, the classifier, the held class of a turn. Beside it the same
 * classifier on the text of the last message alone. No hint headers: the engine has to find the turns itself.
 */
import { composeEngine } from '../src/compose.ts'
import { parseConfig } from '../src/config/load.ts'
import type { Engine } from '../src/core/engine.ts'
import { type FakeSystem, fakeSystem } from '../src/testing/fake-system.ts'
import { askKinds, type AuthoredConversation, readConversations } from './conversations/records.ts'
import { askAt, lastMessageText, requestPlaces } from './conversations/request.ts'
import type { BenchOptions, BenchRow } from './row.ts'

interface Result {
  readonly kind: string
  readonly language: string
  readonly domain: string
  readonly class: string
  readonly ours: boolean
  readonly lastOnly: boolean
}

const targets: Readonly<Record<string, string>> = { 'follow-up': '≥ 85 %', 'mid-loop': '≥ 85 %' }
const QUICK_STEP = 8
const STEP_MS = 50

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const conversations = readConversations().filter((_, index) => !quick || index % QUICK_STEP === 0)
  const results = await playAll(conversations)
  return [
    ...askKinds.map((kind) =>
      rowOf(
        kind,
        results.filter((result) => result.kind === kind),
        'class',
      ),
    ),
    rowOf('all, by language', results, 'language'),
    rowOf('all, by domain', results, 'domain'),
  ].filter(({ ours }) => !Number.isNaN(ours))
}

async function playAll(conversations: readonly AuthoredConversation[]): Promise<readonly Result[]> {
  const system = fakeSystem({ seed: 1 })
  const engine = composeEngine(config(), system)
  const results: Result[] = []
  for (const conversation of conversations) results.push(...(await play(conversation, engine, system)))
  await settled(system, engine.close())
  return results
}

async function play(
  conversation: AuthoredConversation,
  engine: Engine,
  system: FakeSystem,
): Promise<readonly Result[]> {
  const found = new Map<number, string>()
  for (const at of requestPlaces(conversation)) {
    const journey = engine.start(askAt(conversation, at))
    await settled(system, journey.answer)
    found.set(at, journey.classification.class)
  }
  const { language, domain, ask } = conversation
  return ask.map((each) => ({
    kind: each.kind,
    language,
    domain,
    class: each.class,
    ours: found.get(each.at) === each.class,
    lastOnly: engine.classify(lastMessageText(conversation, each.at)).class === each.class,
  }))
}

/** Moves time until the promise has settled. */
async function settled(system: FakeSystem, promise: Promise<unknown>): Promise<void> {
  let done = false
  const watched = promise.finally(() => {
    done = true
  })
  while (!done) await system.clock.advanceAsync(STEP_MS)
  await watched
}

function config(): ReturnType<typeof parseConfig> {
  const pool = (model: string) => ({ workers: [{ kind: 'simulated' as const, model, latencyMs: 1 }] })
  return parseConfig({
    pools: {
      opus: pool('claude-opus-5-5'),
      sonnet: pool('claude-sonnet-5-5'),
      haiku: pool('claude-haiku-5-5'),
    },
    routes: { strategic: ['opus'], tactical: ['sonnet'], simple: ['haiku'] },
    store: { memory: true },
  })
}

function rowOf(name: string, results: readonly Result[], by: 'class' | 'language' | 'domain'): BenchRow {
  const groups = Object.entries(Object.groupBy(results, (result) => result[by]))
  const target = targets[name]
  return {
    name,
    ours: percent(results, 'ours'),
    unit: '% right',
    reference: { name: 'last message only', value: percent(results, 'lastOnly') },
    ...(target !== undefined && { target }),
    also: `of ${results.length}: ${groups
      .map(([group, those = []]) => `${group} ${percent(those, 'ours').toFixed(0)} of ${those.length}`)
      .join(', ')}`,
  }
}

function percent(results: readonly Result[], which: 'ours' | 'lastOnly'): number {
  return (results.filter((result) => result[which]).length / results.length) * 100
}
