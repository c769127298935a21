/** What a conversation's home costs a message: to find it among ten thousand, to keep to it, to judge a move, to note the reply. */
import { systemClock } from '../src/core/clock.ts'
import type { Classification } from '../src/core/decision.ts'
import { workerId } from '../src/core/worker.ts'
import { Conversation } from '../src/engine/conversation.ts'
import { createReplies } from '../src/engine/replies.ts'
import { Homes } from '../src/engine/home.ts'
import { fakeMember } from '../src/engine/member-harness.ts'
import { createPlans } from '../src/engine/plan.ts'
import type { Visit } from '../src/engine/visit.ts'
import { createCards } from '../src/models/catalog.ts'
import { createMovePolicy } from '../src/models/move/catalog.ts'
import { protocols } from '../src/wire/catalog.ts'
import { Fleet } from '../src/workers/fleet.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const CONVERSATIONS = 10_000

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const members = ['opus', 'sonnet', 'haiku'].map((pool) =>
    fakeMember({ id: workerId(pool, 1), pool, model: `claude-${pool}-5-5` }),
  )
  const plans = createPlans({
    fleet: new Fleet(members),
    routes: { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'opus'], simple: ['haiku', 'sonnet'] },
    pools: ['opus', 'sonnet', 'haiku'],
    fallbackClass: 'tactical',
    intercept: [],
  })
  const policy = createMovePolicy('expected-value', { capShare: 0.1 })
  const accountOf = (): string => 'one'
  const homes = new Homes({ clock: systemClock, plans, cards: createCards(), policy, accountOf })
  const opus = members[0] ?? fakeMember({ id: workerId('opus', 1), pool: 'opus', model: 'claude-opus-5-5' })

  const turns = Array.from({ length: CONVERSATIONS }, (_, number) => message(`s-${number}`, 'Go on.'))
  const loop = message('s-0', undefined)
  const visitOf = ({ view, conversation }: Said): Visit =>
    homes.visit(undefined, view, conversation) ?? raise('a message with tools keeps a home')
  const served = (visit: Visit): void =>
    homes.served(visit, { member: opus, model: opus.model, usage, costUsd: 0.1, headers: {}, receivedAtMs })
  const receivedAtMs = systemClock.now()
  for (const turn of turns) {
    const visit = visitOf(turn)
    homes.began(visit, classified('strategic'), plans.forClass('strategic'))
    served(visit)
  }
  const visits = turns.map(visitOf)
  const rounds = quick ? 20_000 : 500_000
  const at = <Value>(list: readonly Value[], number: number): Value => list[number % CONVERSATIONS] as Value
  const inLoop = visitOf(loop)
  const measured: readonly (readonly [string, number, string?])[] = [
    ['find it', micros(rounds, (number) => visitOf(at(turns, number))), '≤ 1 µs'],
    [
      'keep to it, the class asks for it',
      micros(rounds, (number) =>
        homes.settle(at(visits, number), plans.forClass('strategic'), classified('strategic')),
      ),
    ],
    [
      'keep to it in a tool loop',
      micros(rounds, () => homes.settle(inLoop, plans.forClass('strategic'), classified('strategic'))),
    ],
    [
      'judge a move',
      micros(rounds / 10, (number) =>
        homes.settle(at(visits, number), plans.forClass('tactical'), classified('tactical')),
      ),
    ],
    ['note a reply', micros(rounds, (number) => served(at(visits, number)))],
  ]
  const map = new Map(turns.map(({ conversation }) => [conversation.key, conversation]))
  const reference = {
    name: 'a look into a Map',
    value: micros(rounds, (number) => map.get(at(turns, number).conversation.key)),
  }
  return measured.map(([name, ours, target]) => ({
    name: `home, ${name}`,
    ours,
    unit: 'µs',
    reference,
    ...(target !== undefined && { target }),
  }))
}

const usage = { inputTokens: 10, outputTokens: 500, cacheReadTokens: 40_000, cacheWriteTokens: 1_000 }
const strategic: Classification = {
  class: 'strategic',
  confidence: 0.9,
  source: 'pattern',
  reasons: [],
  micros: 0,
}
const tactical: Classification = { ...strategic, class: 'tactical' }

function classified(name: 'strategic' | 'tactical'): Classification {
  return name === 'strategic' ? strategic : tactical
}

type Said = ReturnType<typeof message>

/** A message of a conversation; without words of the person, a step of its tool loop. The key is made beforehand. */
function message(session: string, says: string | undefined) {
  const messages = [
    { role: 'user', content: 'Please look at the parser. '.repeat(20) },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'found' }] },
    ...(says === undefined
      ? []
      : [
          { role: 'assistant', content: 'Done.' },
          { role: 'user', content: says },
        ]),
  ]
  const tools = [{ name: 'look', input_schema: { type: 'object' } }]
  const body = Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 9, tools, messages }))
  const view = protocols.anthropic.view(body)
  const conversation = new Conversation(
    { wire: 'anthropic', body, query: '', headers: {}, session },
    view,
    createReplies(),
  )
  return { view, conversation, key: conversation.key, tools: view.tools, loop: view.toolLoopOpen }
}

/** Mean time of one call, in microseconds, after a warm-up. */
function micros(rounds: number, call: (number: number) => unknown): number {
  for (let number = 0; number < rounds / 4; number++) call(number)
  const startMs = systemClock.now()
  for (let number = 0; number < rounds; number++) call(number)
  return ((systemClock.now() - startMs) * 1_000) / rounds
}

function raise(sentence: string): never {
  throw new Error(sentence)
}
