/**
 * Where a conversation lives, and whether its next message goes there. While a tool loop is open it stays at home and
 * waits rather than move; at the person's turn the move that the class asks for is priced; a first turn is free. Home is
 * a preference with reasons: when it is down, other pools answer where the message may move.
 */
import type { Clock } from '../core/clock.ts'
import type { ClientRequest } from '../core/client-request.ts'
import type { Classification, Reason } from '../core/decision.ts'
import type { Usage } from '../core/wire.ts'
import type { Cards } from '../models/catalog.ts'
import { conversationKind, followsHome } from '../models/move/kind.ts'
import { hindrance, losesReasoning, type Move, noTies, type Ties } from '../models/move/may-move.ts'
import type { Judgement, MovePolicy } from '../models/move/policy.ts'
import { costUsd } from '../models/price.ts'
import { accountNames } from '../wire/anthropic/account-headers.ts'
import type { RequestView } from '../wire/protocol.ts'
import type { Group } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'
import { Accounts } from './accounts.ts'
import type { Conversation } from './conversation.ts'
import { ConversationHabits } from './conversation-habits.ts'
import { moveCaseOf } from './move-case.ts'
import type { Plan, Plans } from './plan.ts'
import { isSamePrompt } from './settled-class.ts'
import { createSessions, type Home, type Session, type Sessions } from './sessions.ts'
import { homePrompt, tiesOf, type Visit, warmTokens } from './visit.ts'

export interface HomesOptions {
  readonly clock: Clock
  readonly plans: Plans
  readonly cards: Cards
  readonly policy: MovePolicy
  /** What a worker's key belongs to, whatever the model: a hash; undefined for workers without an account. */
  readonly accountOf: (member: Member) => string | undefined
}

export interface Settled {
  readonly plan: Plan
  /** Why the message stays at home, or leaves it. */
  readonly note?: Reason
}

/** What a reply tells. */
export interface Served {
  readonly member: Member
  readonly model: string
  readonly usage: Usage
  readonly costUsd: number
  readonly headers: Readonly<Record<string, string>>
  readonly receivedAtMs: number
}

/** Without tools a request begins a conversation only when it is long enough to be worth a prompt cache. */
const HOME_BYTES_MIN = 4_096
/** Where a card does not say how long a cached prompt lives. */
const WARM_MS = 300_000
/** Plans for homes are made for prompts of about the same size. */
const SIZE_STEP_TOKENS = 50_000

export class Homes {
  readonly #options: HomesOptions
  readonly #sessions: Sessions
  readonly #habits = new ConversationHabits()
  readonly #accounts: Accounts
  /** The models and accounts in each group of workers, listed when first asked for. */
  readonly #kinds = new Map<Group, GroupKinds>()

  constructor(options: HomesOptions) {
    this.#options = options
    this.#accounts = new Accounts(options.accountOf)
    this.#sessions = createSessions(options.clock, (session) => this.#habits.ended(session))
  }

  /** Undefined for messages that keep no home: a client's helpers, and short ones without tools. */
  visit(
    request: ClientRequest | undefined,
    view: RequestView,
    conversation: Conversation,
  ): Visit | undefined {
    if (!isLasting(view)) return undefined
    const kind = conversationKind(request)
    if (kind === 'auxiliary') return undefined
    const { key } = conversation
    const session = this.#sessions.find(key)
    return {
      key,
      kind,
      view,
      compacted: request?.contextCompacted === true,
      follows: followsHome(request),
      promptId: request?.promptId,
      goesOn: isSamePrompt(request, session),
      session,
    }
  }

  /** A turn of the person may have begun, or a conversation, whose class asks for `plan`. */
  began(visit: Visit, classification: Classification, plan: Plan): void {
    const { key, kind, session } = visit
    // One that is first met in the middle, as after a restart, needs its home for what comes next all the same.
    if (session && (visit.view.toolLoopOpen || visit.follows || visit.goesOn)) return
    const asked = firstServing(plan)?.members[0]?.model
    if (session) this.#habits.nextTurn(session, asked, this.#options.clock.now())
    this.#sessions.begin(key, { classification, kind, asked, promptId: visit.promptId })
  }

  /** Where the message goes, when its class, or its caller, asks for `away`. */
  settle(visit: Visit | undefined, away: Plan, classification: Classification): Settled {
    const session = visit?.session
    const home = session?.home
    if (visit && !home) return { plan: this.#atOneAccount(visit.view, away) }
    if (!visit || !session || !home || isChosen(away, home)) return { plan: away }
    const ties = tiesOf(visit.view)
    const stays = (waits: boolean): Plan => this.#atHome(visit, home, away, ties, waits)
    if (ties.toolLoopOpen || visit.goesOn || away.kind === 'model') return { plan: stays(ties.toolLoopOpen) }
    const group = firstServing(away)
    const target = group?.members[0]
    const isThere = group === undefined || this.#kindsOf(group).models.has(home.model)
    if (isThere || !target) {
      const anybody = group !== undefined && isFree(ties) && this.#isAllOne(group)
      return { plan: anybody ? away : stays(ties.turnPaused || ties.bound.length > 0) }
    }
    if (visit.follows) return { plan: stays(false), note: noteOf('stay: it is about what is warm there') }
    const held = hindrance(this.#move(visit, home, target, ties))
    if (held !== undefined) return { plan: stays(true), note: noteOf(`stay: ${held}`) }
    // Who names a class, or a route, is obeyed.
    if (classification.source === 'forced') return { plan: away }
    const { move, because } = this.#judge(visit, session, home, target.model, classification)
    return { plan: move ? away : stays(false), note: noteOf(because) }
  }

  /** What does not travel when this worker answers instead of the home. */
  losses(visit: Visit | undefined, member: Member): readonly string[] {
    const session = visit?.session
    const home = session?.home
    if (!visit || !session || !home) return []
    const move = this.#move(visit, home, member, noTies)
    const losses: string[] = []
    if (visit.view.thinking) losses.push(...this.#reasoningLost(visit, [home, ...session.earlier], member))
    const isElsewhere = member.model !== home.model || !move.sameWorkspace
    const nowMs = this.#options.clock.now()
    const there = session.earlier.find((earlier) => this.#isAt(earlier, member))
    const lost = warmTokens(visit, home, nowMs) > 0 && !(there && warmTokens(visit, there, nowMs) > 0)
    if (isElsewhere && lost) losses.push('cache-cold')
    if (!move.sameWorkspace && holdsFiles(visit.view)) losses.push('files-unreachable')
    return losses
  }

  /** The history carries what earlier homes have thought too, each time it is sent. */
  #reasoningLost(visit: Visit, homes: readonly Home[], member: Member): readonly string[] {
    const thought = visit.compacted ? homes.slice(0, 1) : homes
    return [
      ...new Set(thought.flatMap((home) => listed(losesReasoning(this.#move(visit, home, member, noTies))))),
    ]
  }

  /** A model has answered: from now on the conversation lives there. */
  served({ key, view, session }: Visit, served: Served): void {
    const { member, model, usage } = served
    const card = this.#options.cards.find(model)
    const names = accountNames(served.headers)
    this.#accounts.learn(member, names)
    const cachedTokens = usage.cacheReadTokens + usage.cacheWriteTokens
    const longCache = (usage.cacheWriteLongTokens ?? 0) > 0
    const home: Home = {
      model,
      account: this.#accounts.of(member),
      ...this.#accounts.namesOf(member, names, session?.home),
      promptTokens: usage.inputTokens + cachedTokens,
      cachedTokens,
      warmUntilMs: served.receivedAtMs + ((longCache ? card?.cacheTtlLongMs : card?.cacheTtlMs) ?? WARM_MS),
      longCache,
    }
    const moved = session?.home !== undefined && !this.#isAt(session.home, member)
    this.#sessions.served(key, {
      home,
      bytes: view.body.length,
      outputTokens: usage.outputTokens,
      costUsd: served.costUsd,
      coldUsd: moved ? Math.max(0, served.costUsd - costUsd(card, asWarm(usage))) : 0,
    })
  }

  #judge(
    visit: Visit,
    session: Session,
    home: Home,
    target: string,
    classification: Classification,
  ): Judgement {
    const { cards, policy, clock } = this.#options
    const end = (model: string) => ({ model, card: cards.find(model) })
    const ends = { home: end(home.model), target: end(target) }
    const habits = this.#habits.of(visit.kind)
    return policy.judge(
      moveCaseOf({ visit, session, home, ends, classification, habits, nowMs: clock.now() }),
    )
  }

  /**
   * Before the first reply nobody knows which account has the files, or the tool's results, that a message names. The
   * first one that can answer is taken for it, and no other is asked when it fails.
   */
  #atOneAccount({ shape }: RequestView, away: Plan): Plan {
    // What a vendor keeps of the conversation is looked up by its id: that account is known.
    if (shape.bound.length === 0 || shape.bound.includes('state')) return away
    const group = firstServing(away)
    const first = group?.members.find(({ usable }) => usable) ?? group?.members[0]
    const account = first && this.#accounts.of(first)
    return account === undefined ? away : this.#options.plans.atAccount(account, away)
  }

  #atHome(visit: Visit, home: Home, away: Plan, ties: Ties, waits: boolean): Plan {
    const size = Math.ceil(homePrompt(visit, home) / SIZE_STEP_TOKENS)
    const key = [
      home.account?.slice(0, 16),
      home.organization,
      this.#accounts.known,
      size,
      waits,
      tiesKey(ties),
    ].join()
    return this.#options.plans.atHome(home.model, away, {
      key,
      isHome: (member) => this.#isAt(home, member),
      admits: (member) => hindrance(this.#move(visit, home, member, ties)) === undefined,
      waits,
    })
  }

  #move(visit: Visit, home: Home, member: Member, ties: Ties): Move {
    const { cards } = this.#options
    return {
      from: { model: home.model, card: cards.find(home.model) },
      to: { model: member.model, card: cards.find(member.model) },
      ...this.#accounts.shared(home, member),
      promptTokens: homePrompt(visit, home),
      ties,
    }
  }

  #isAt(home: Home, member: Member): boolean {
    return member.model === home.model && this.#accounts.of(member) === home.account
  }

  /** One model at one account: whoever answers, the conversation is at home. */
  #isAllOne(group: Group): boolean {
    const { models, accounts } = this.#kindsOf(group)
    return models.size === 1 && accounts.size === 1
  }

  #kindsOf(group: Group): GroupKinds {
    let kinds = this.#kinds.get(group)
    if (!kinds) {
      const { members } = group
      kinds = {
        models: new Set(members.map(({ model }) => model)),
        accounts: new Set(members.map((member) => this.#accounts.of(member))),
      }
      this.#kinds.set(group, kinds)
    }
    return kinds
  }
}

interface GroupKinds {
  readonly models: ReadonlySet<string>
  readonly accounts: ReadonlySet<string | undefined>
}

/** Worth a home: what a cache or a vendor may keep. */
function isLasting(view: RequestView): boolean {
  const { wire, tools, toolLoopOpen, body } = view
  if (tools || toolLoopOpen || body.length >= HOME_BYTES_MIN || wire === 'openai-responses') return true
  return view.shape.bound.length > 0
}

function holdsFiles({ shape }: RequestView): boolean {
  return shape.bound.includes('file') || shape.bound.includes('container')
}

/** The group that would answer now; the first one where none does. */
function firstServing(plan: Plan): Group | undefined {
  return plan.groups.find((group) => group.serving) ?? plan.groups[0]
}

/** The same reply, had its prompt been in the cache. */
function asWarm(usage: Usage): Usage {
  return { ...usage, cacheReadTokens: usage.cacheReadTokens + usage.cacheWriteTokens, cacheWriteTokens: 0 }
}

/** The person's own choice of a model wins, in the middle of a tool loop too: it is what would happen without us. */
function isChosen({ kind, name }: Plan, home: Home): boolean {
  return kind === 'vendor' || kind === 'pool' || (kind === 'model' && name !== home.model)
}

/** Nothing ties it to the account: another worker of the plan may answer as well. */
function isFree({ turnPaused, bound, inDoubt }: Ties): boolean {
  return !turnPaused && !inDoubt && bound.length === 0
}

function noteOf(detail: string): Reason {
  return { signal: 'home', detail, weight: 0 }
}

function tiesKey(ties: Ties): string {
  return [
    ties.toolLoopOpen,
    ties.thinking,
    ties.turnPaused,
    ties.inDoubt,
    ties.prefill,
    ties.systemMessages,
    ...ties.bound.toSorted(),
  ].join()
}

function listed<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value]
}
