import { describe, expect, it } from 'vitest'
import type { ClientRequest } from '../core/client-request.ts'
import type { Classification } from '../core/decision.ts'
import type { Ask } from '../core/engine.ts'
import { type VirtualClock, virtualClock } from '../core/virtual-clock.ts'
import type { Usage } from '../core/wire.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { createMovePolicy, type MovePolicyName } from '../models/move/catalog.ts'
import { protocols } from '../wire/catalog.ts'
import type { RequestView } from '../wire/protocol.ts'
import { Fleet } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'
import { Conversation } from './conversation.ts'
import { createReplies } from './replies.ts'
import { Homes, type Settled } from './home.ts'
import { fakeMember } from './member-harness.ts'
import { createPlans, type Plan, type Plans } from './plan.ts'
import type { Visit } from './visit.ts'

const OPUS = 'claude-opus-5-5'
const SONNET = 'claude-sonnet-5-5'
const HAIKU = 'claude-haiku-5-5'

/** Opus and sonnet with two accounts each, haiku and the model of the shortest window with the first of them. */
const hands = [
  ['opus', 1, OPUS, 'one'],
  ['opus', 2, OPUS, 'two'],
  ['sonnet', 1, SONNET, 'one'],
  ['sonnet', 2, SONNET, 'two'],
  ['haiku', 1, HAIKU, 'one'],
  ['short', 1, 'claude-haiku-4-5', 'one'],
] as const

interface House {
  readonly homes: Homes
  readonly plans: Plans
  readonly fleet: Fleet
  readonly clock: VirtualClock
  member(id: string): Member
}

function house(policy: MovePolicyName = 'expected-value'): House {
  const clock = virtualClock(1)
  const members = hands.map(([pool, number, model, account]) =>
    fakeMember({ id: workerId(pool, number), pool, model, account }),
  )
  const fleet = new Fleet(members)
  const plans = createPlans({
    fleet,
    routes: {
      strategic: ['opus', 'sonnet'],
      tactical: ['sonnet', 'opus'],
      simple: ['haiku', 'sonnet'],
      shortest: ['short', 'opus'],
    },
    pools: ['opus', 'sonnet', 'haiku', 'short'],
    fallbackClass: 'tactical',
    intercept: [],
  })
  const homes = new Homes({
    clock,
    plans,
    cards: createCards(),
    policy: createMovePolicy(policy, { capShare: 0.1 }),
    accountOf: (member) => member.account,
  })
  return { homes, plans, fleet, clock, member: (id) => members.find((each) => each.id === id) as Member }
}

interface Say {
  readonly words?: number
  readonly loop?: boolean
  readonly thinking?: boolean
  readonly request?: Partial<ClientRequest>
}

const tools = [{ name: 'look', input_schema: { type: 'object' } }]
const call = { type: 'tool_use', id: 't1', name: 'look', input: {} }
const thought = { type: 'thinking', thinking: '', signature: 'sealed' }
const found = { type: 'tool_result', tool_use_id: 't1', content: 'found' }

function visitOf({ homes }: House, { words = 100, loop, thinking, request }: Say = {}) {
  const messages = [
    { role: 'user', content: 'word '.repeat(words) },
    { role: 'assistant', content: thinking ? [thought, call] : [call] },
    { role: 'user', content: [found] },
    ...(loop
      ? []
      : [
          { role: 'assistant', content: 'Done.' },
          { role: 'user', content: 'Go on.' },
        ]),
  ]
  const body = Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 9, tools, messages }))
  const view = protocols.anthropic.view(body)
  const ask: Ask = { wire: 'anthropic', body, query: '', headers: {}, session: 's' }
  const client: ClientRequest = {
    kind: 'main',
    guessed: false,
    promptId: undefined,
    contextCompacted: false,
    stays: false,
    ...request,
  }
  const visit = homes.visit(client, view, new Conversation(ask, view, createReplies()))
  if (!visit) throw new Error('no home is kept')
  return visit
}

const classified = (name: string): Classification => ({
  class: name,
  confidence: 0.9,
  source: 'pattern',
  reasons: [],
  micros: 0,
})

/** A message of the class arrives. */
function settle(at: House, className: string, say: Say = {}): Settled {
  return at.homes.settle(visitOf(at, say), at.plans.forClass(className), classified(className))
}

/** The plan that is asked for by name. */
function named({ plans }: House, name: string): Plan {
  const resolution = plans.resolve(name, 'anthropic')
  if (resolution.kind !== 'direct') throw new Error(`${name} is no name`)
  return resolution.plan
}

/** A message that names a file which its vendor keeps. */
const document = { type: 'document', source: { type: 'file', file_id: 'file_1' } }
const fileView = viewOf({ tools, messages: [{ role: 'user', content: [document] }] })

function viewOf(body: object): RequestView {
  return protocols.anthropic.view(Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 9, ...body })))
}

/** A turn of the class begins, and the worker answers it, having read or written so much of its prompt in the cache. */
function turn(at: House, className: string, id: string, usage: Partial<Usage> = {}, headers = {}): void {
  const first = visitOf(at)
  at.homes.began(first, classified(className), at.plans.forClass(className))
  served(at, first, id, usage, headers)
}

function served(at: House, visit: Visit, id: string, usage: Partial<Usage> = {}, headers = {}): void {
  const member = at.member(id)
  const billed = { inputTokens: 0, outputTokens: 500, cacheReadTokens: 0, cacheWriteTokens: 50_000, ...usage }
  const receivedAtMs = at.clock.now()
  at.homes.served(visit, { member, model: member.model, usage: billed, costUsd: 0.1, headers, receivedAtMs })
}

const workersOf = ({ plan }: Settled): readonly (readonly string[])[] =>
  plan.groups.map((group) => group.members.map(({ id }) => id))

function down(at: House, ...ids: readonly string[]): void {
  for (const id of ids) {
    at.member(id).state = 'unhealthy'
    at.fleet.refresh(at.member(id))
  }
}

describe('a message of a conversation', () => {
  it('goes where its class asks when it is the first', () => {
    const at = house()
    expect(settle(at, 'strategic').plan).toBe(at.plans.forClass('strategic'))
  })

  it('goes to the account that has its prompt, when the class asks for the home’s model', () => {
    const at = house()
    turn(at, 'strategic', 'opus-2')
    const settled = settle(at, 'strategic')
    expect(workersOf(settled)[0]).toEqual(['opus-2'])
    expect(settled.plan.waits).toBe(false)
    expect(settled.note).toBeUndefined()
  })

  it('goes nowhere else with files that only its workspace has', () => {
    const at = house()
    turn(at, 'simple', 'haiku-1')
    expect(fileView.shape.bound).toEqual(['file'])
    const plan = at.plans.forClass('simple')
    const settled = at.homes.settle({ ...visitOf(at), view: fileView }, plan, classified('simple'))
    expect(workersOf(settled)).toEqual([['haiku-1'], ['haiku-1']])
    // Where home is down it is told, rather than sent to whoever is left.
    expect(settled.plan.waits).toBe(true)
  })

  it('keeps to one account from the first turn on when it names files', () => {
    const at = house()
    const first = () =>
      at.homes.settle(
        { ...visitOf(at), view: fileView },
        at.plans.forClass('strategic'),
        classified('strategic'),
      )
    expect(workersOf(first())).toEqual([['opus-1'], ['sonnet-1']])
    expect(first().plan.waits).toBe(true)
    down(at, 'opus-1')
    expect(workersOf(first())).toEqual([['opus-2'], ['sonnet-2']])
  })

  it('is left to the account that keeps its state, where the vendor keeps it', () => {
    const at = house()
    const view = { ...fileView, shape: { ...fileView.shape, bound: ['file', 'state'] } } as RequestView
    const plan = at.plans.forClass('strategic')
    expect(at.homes.settle({ ...visitOf(at), view }, plan, classified('strategic')).plan).toBe(plan)
  })

  it('stays when moving costs more than it saves, and says so', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const settled = settle(at, 'tactical')
    expect(workersOf(settled)[0]).toEqual(['opus-1'])
    expect(settled.note?.signal).toBe('home')
    expect(settled.note?.detail).toMatch(
      /^stay: moving to claude-sonnet-5-5 saves \$0\.\d+ a turn and costs \$0\.\d+ once \(about [\d.]+ more turns there/,
    )
    // Away from home only in the order of the class.
    expect(workersOf(settled).at(-1)).toEqual(['opus-1', 'opus-2'])
    expect(workersOf(settled).at(-2)).toEqual(['sonnet-1', 'sonnet-2'])
  })

  it('moves to a cold model that is cheaper than one warm turn at home', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const settled = settle(at, 'simple')
    expect(settled.plan).toBe(at.plans.forClass('simple'))
    expect(settled.note?.detail).toMatch(/^move: moving to claude-haiku-5-5 saves .* at once/)
  })

  it('moves once the prompt has gone cold at home as well', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    at.clock.advance(301_000)
    expect(settle(at, 'tactical').plan).toBe(at.plans.forClass('tactical'))
  })

  it('knows that a prompt which is kept for long is warm for an hour', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1', { cacheWriteLongTokens: 50_000 })
    at.clock.advance(301_000)
    expect(settle(at, 'tactical').note?.detail).toMatch(/^stay/)
  })

  it('obeys who names a class', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const forced: Classification = { ...classified('tactical'), confidence: 1, source: 'forced' }
    const plan = at.plans.forClass('tactical')
    expect(at.homes.settle(visitOf(at), plan, forced)).toEqual({ plan })
  })

  it('moves when the history was summed up, or is far shorter than before', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    expect(settle(at, 'tactical', { request: { contextCompacted: true } }).note?.detail).toMatch(/^move/)
    expect(settle(at, 'tactical', { words: 10 }).note?.detail).toMatch(/^move/)
  })

  it('climbs when its class asks for it', () => {
    const at = house()
    turn(at, 'tactical', 'sonnet-1')
    const settled = settle(at, 'strategic')
    expect(settled.plan).toBe(at.plans.forClass('strategic'))
    expect(settled.note?.detail).toMatch(/^move: .* for the quality that the class asks for$/)
  })

  it('never moves where conversations are to stay', () => {
    const at = house('stay')
    turn(at, 'strategic', 'opus-1')
    expect(workersOf(settle(at, 'simple'))[0]).toEqual(['opus-1'])
  })

  it('goes to the home’s model first when that was asked for by name', () => {
    const at = house()
    turn(at, 'strategic', 'opus-2')
    const settled = at.homes.settle(visitOf(at), named(at, OPUS), classified('simple'))
    expect(workersOf(settled)[0]).toEqual(['opus-2'])
  })

  it.each(['haiku', 'opus', 'claude-fable-5-2'])('goes to %s when that was asked for by name', (name) => {
    const at = house()
    turn(at, 'strategic', 'opus-2')
    const plan = named(at, name)
    expect(at.homes.settle(visitOf(at), plan, classified('simple'))).toEqual({ plan })
  })

  it('stays at home as long as it is about the same ask of the person', () => {
    const at = house()
    const request = { promptId: 'p' }
    at.homes.began(visitOf(at, { request }), classified('strategic'), at.plans.forClass('strategic'))
    served(at, visitOf(at, { request }), 'opus-1')
    const settled = settle(at, 'simple', { request })
    expect(workersOf(settled)[0]).toEqual(['opus-1'])
    expect(settled.note).toBeUndefined()
  })

  it('stays with a home that a summary or a side question is about', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const settled = settle(at, 'simple', { request: { kind: 'compaction' } })
    expect(workersOf(settled)[0]).toEqual(['opus-1'])
    expect(settled.note?.detail).toBe('stay: it is about what is warm there')
  })
})

describe('inside an open tool loop', () => {
  it('it stays at home and waits there', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const settled = settle(at, 'simple', { loop: true, thinking: true })
    expect(workersOf(settled)[0]).toEqual(['opus-1'])
    expect(settled.plan.waits).toBe(true)
  })

  it('it goes elsewhere only where its reasoning can be read', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const settled = settle(at, 'strategic', { loop: true, thinking: true })
    // Opus reasoning is not bound to its account; sonnet cannot read it.
    expect(workersOf(settled)).toEqual([['opus-1'], ['opus-1', 'opus-2'], ['opus-1', 'opus-2']])
    const free = settle(at, 'strategic', { loop: true })
    expect(workersOf(free)).toContainEqual(['sonnet-1', 'sonnet-2'])
  })

  it('it does not leave the organisation that its reasoning is bound to, as far as that is known', () => {
    const at = house()
    const headers = { 'anthropic-organization-id': 'org-1', 'anthropic-workspace-id': 'w-1' }
    turn(at, 'tactical', 'sonnet-1')
    expect(workersOf(settle(at, 'tactical', { loop: true, thinking: true }))).toEqual([['sonnet-1']])
    turn(at, 'tactical', 'sonnet-2', {}, headers)
    turn(at, 'tactical', 'sonnet-1', {}, { ...headers, 'anthropic-workspace-id': 'w-2' })
    expect(workersOf(settle(at, 'tactical', { loop: true, thinking: true }))).toContainEqual([
      'sonnet-1',
      'sonnet-2',
    ])
  })

  it('a paused turn stays at its account even when that is down', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    down(at, 'opus-1')
    const paused = { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }
    const visit = visitOf(at, { loop: true })
    const words = { role: 'user', content: 'word '.repeat(100) }
    const view = viewOf({ tools, messages: [words, { role: 'assistant', content: [paused] }] })
    const paths = ['tactical', 'strategic'].map((name) =>
      at.homes.settle({ ...visit, view }, at.plans.forClass(name), classified(name)),
    )
    for (const settled of paths) {
      expect(workersOf(settled)).toEqual([['opus-1']])
      expect(settled.plan.waits).toBe(true)
    }
    expect(paths[0]?.note?.detail).toBe('stay: a tool that the vendor runs has not answered yet')
  })
})

describe('a home that is down', () => {
  it('is left at the person’s turn', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    down(at, 'opus-1', 'opus-2')
    const { plan } = settle(at, 'strategic')
    expect(plan.groups.at(-1)?.members.map(({ id }) => id)).toEqual(['sonnet-1', 'sonnet-2'])
  })
})

describe('what does not travel', () => {
  it('is nothing at home', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    expect(at.homes.losses(visitOf(at, { thinking: true }), at.member('opus-1'))).toEqual([])
    expect(at.homes.losses(undefined, at.member('opus-1'))).toEqual([])
  })

  it('is the warm cache and reasoning that the other model cannot read', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const visit = visitOf(at, { thinking: true })
    expect(at.homes.losses(visit, at.member('sonnet-1'))).toEqual(['thinking:model', 'cache-cold'])
    expect(at.homes.losses(visit, at.member('opus-2'))).toEqual(['cache-cold'])
    at.clock.advance(301_000)
    expect(at.homes.losses(visit, at.member('sonnet-1'))).toEqual(['thinking:model'])
  })

  it('is told again as long as the history carries what the new home cannot read', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    turn(at, 'tactical', 'sonnet-1')
    expect(at.homes.losses(visitOf(at, { thinking: true }), at.member('sonnet-1'))).toEqual([
      'thinking:model',
    ])
    expect(at.homes.losses(visitOf(at), at.member('sonnet-1'))).toEqual([])
  })

  it('is reasoning that is bound to another organisation', () => {
    const at = house()
    turn(at, 'tactical', 'sonnet-1')
    expect(at.homes.losses(visitOf(at, { thinking: true }), at.member('sonnet-2'))).toEqual([
      'thinking:organization',
      'cache-cold',
    ])
  })

  it('is files, for a worker of another workspace', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    const visit = { ...visitOf(at), view: fileView }
    at.clock.advance(301_000)
    expect(at.homes.losses(visit, at.member('sonnet-1'))).toEqual([])
    expect(at.homes.losses(visit, at.member('opus-2'))).toEqual(['files-unreachable'])
    expect(at.homes.losses(visitOf(at), at.member('opus-2'))).toEqual([])
  })

  it('is no cache where an earlier home is still warm', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1')
    turn(at, 'simple', 'haiku-1')
    expect(at.homes.losses(visitOf(at), at.member('opus-1'))).toEqual([])
    expect(at.homes.losses(visitOf(at), at.member('sonnet-1'))).toEqual(['cache-cold'])
  })
})

describe('a conversation', () => {
  it.each([{}, { loop: true }, { request: { kind: 'compaction' } }, { request: { stays: true } }] as const)(
    'is known from its first message on, met with %o',
    (say) => {
      const at = house()
      at.homes.began(visitOf(at, say), classified('strategic'), at.plans.forClass('strategic'))
      served(at, visitOf(at, say), 'opus-1')
      expect(visitOf(at).session).toMatchObject({ turns: 1, home: { model: OPUS } })
    },
  )

  it('counts the turns of the person, and nothing that goes on with one or is about it', () => {
    const at = house()
    const began = (say: Say): number | undefined => {
      at.homes.began(visitOf(at, say), classified('strategic'), at.plans.forClass('strategic'))
      return visitOf(at).session?.turns
    }
    const request = { promptId: 'p' }
    expect(began({ request })).toBe(1)
    expect(began({ request })).toBe(1)
    expect(began({ request, loop: true })).toBe(1)
    expect(began({ request: { kind: 'compaction' } })).toBe(1)
    expect(began({ request: { stays: true } })).toBe(1)
    expect(began({ request: { promptId: 'q' } })).toBe(2)
    expect(began({})).toBe(3)
  })

  it('remembers its whole prompt, what of it was cached, and what moving has cost', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1', { inputTokens: 1_000, cacheReadTokens: 2_000, cacheWriteTokens: 3_000 })
    expect(visitOf(at).session).toMatchObject({
      home: { promptTokens: 6_000, cachedTokens: 5_000 },
      switchedUsd: 0,
    })
    turn(at, 'simple', 'haiku-1')
    // Warm, haiku would have read 50,000 tokens and said 500: of the $0.1 all else was for the cold cache.
    const warmUsd = (50_000 * 0.01 + 500 * 0.5) * 1e-6
    expect(visitOf(at).session?.switchedUsd).toBeCloseTo(0.1 - warmUsd, 10)
  })
})

describe('what is kept of a plan', () => {
  const reaches = (settled: Settled, id: string): boolean => workersOf(settled).flat().includes(id)

  it('is made anew when the prompt has outgrown another model', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1', { cacheWriteTokens: 190_000 })
    expect(reaches(settle(at, 'shortest', { loop: true }), 'short-1')).toBe(true)
    served(at, visitOf(at, { loop: true }), 'opus-1', { cacheWriteTokens: 300_000 })
    expect(reaches(settle(at, 'shortest', { loop: true }), 'short-1')).toBe(false)
  })

  it('is made anew when another account turns out to be of the same organisation', () => {
    const at = house()
    const headers = { 'anthropic-organization-id': 'org-1', 'anthropic-workspace-id': 'w-1' }
    turn(at, 'tactical', 'sonnet-1', {}, headers)
    const inLoop = { loop: true, thinking: true }
    expect(reaches(settle(at, 'tactical', inLoop), 'sonnet-2')).toBe(false)
    served(at, { ...visitOf(at), key: 'another', session: undefined }, 'sonnet-2', {}, headers)
    expect(reaches(settle(at, 'tactical', inLoop), 'sonnet-2')).toBe(true)
  })

  it('waits only as long as something holds it', () => {
    const at = house()
    turn(at, 'strategic', 'opus-1', { cacheWriteTokens: 300_000 })
    expect(settle(at, 'shortest')).toMatchObject({
      plan: { waits: true },
      note: { detail: 'stay: the conversation is longer than the other model reads' },
    })
    down(at, 'short-1')
    expect(settle(at, 'shortest').plan.waits).toBe(false)
  })
})

describe('no home is kept', () => {
  it('for helpers of the client, and for short messages without tools or files', () => {
    const { homes } = house()
    const visit = (body: object, kind: ClientRequest['kind'] = 'main') => {
      const bytes = Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 9, ...body }))
      const view = protocols.anthropic.view(bytes)
      const ask: Ask = { wire: 'anthropic', body: bytes, query: '', headers: {} }
      const client = { kind, guessed: false, promptId: undefined, contextCompacted: false, stays: false }
      return homes.visit(client, view, new Conversation(ask, view, createReplies()))
    }
    const short = { messages: [{ role: 'user', content: 'hello' }] }
    const long = { messages: [{ role: 'user', content: 'hello '.repeat(1_000) }] }
    expect(visit(short)).toBeUndefined()
    expect(visit(long)).toBeDefined()
    expect(visit({ ...short, tools })).toBeDefined()
    expect(visit({ messages: [{ role: 'user', content: [document] }] })).toBeDefined()
    expect(visit({ ...long, tools }, 'auxiliary')).toBeUndefined()
  })

  it('for short messages without tools, unless their vendor may keep them', () => {
    const { homes } = house()
    const body = Buffer.from(JSON.stringify({ model: 'auto', input: 'hello' }))
    const view = protocols['openai-responses'].view(body)
    const ask: Ask = { wire: 'openai-responses', body, query: '', headers: {} }
    expect(homes.visit(undefined, view, new Conversation(ask, view, createReplies()))).toBeDefined()
  })
})
