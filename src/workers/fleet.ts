/**
 * Who exists and who is free. Groups are sets of workers that a message may ask for: a pool, all workers of a model,
 * all of a vendor. Each keeps its free members in two lists that are current at every moment (healthy ones in
 * `ready`, degraded ones in `reserve`): filtering 1,000 workers for each message would cost 5 µs. A change of one
 * worker costs O(groups it is in), by swapping with the last.
 */
import type { Member } from './member.ts'

type Shelf = 'ready' | 'reserve'

export type GroupKind = 'pool' | 'model' | 'vendor' | 'everyone'

export class Group {
  readonly kind: GroupKind
  readonly name: string
  readonly members: readonly Member[]
  /** Free and healthy. Live: not to be kept or changed. */
  readonly ready: Member[] = []
  /** Free and degraded: for when no better one is free. */
  readonly reserve: Member[] = []
  readonly #places = new Map<Member, { shelf: Shelf; index: number }>()
  readonly #usable = new Set<Member>()
  readonly #serving = new Set<Member>()

  constructor(kind: GroupKind, name: string, members: readonly Member[]) {
    this.kind = kind
    this.name = name
    this.members = members
    for (const member of members) this.refresh(member)
  }

  /** Somebody here answers, or will when a slot comes free. */
  get usable(): boolean {
    return this.#usable.size > 0
  }

  /** Somebody here answers and is not paused by its account's limits: a slot will come free soon. */
  get serving(): boolean {
    return this.#serving.size > 0
  }

  refresh(member: Member): void {
    const usable = member.usable
    mark(this.#usable, member, usable)
    mark(this.#serving, member, usable && member.pausedUntilMs === 0)
    const shelf = member.free ? (member.state === 'healthy' ? 'ready' : 'reserve') : undefined
    const place = this.#places.get(member)
    if (place?.shelf === shelf) return
    if (place) this.#take(member, place)
    if (shelf) {
      this.#places.set(member, { shelf, index: this[shelf].length })
      this[shelf].push(member)
    }
  }

  #take(member: Member, place: { shelf: Shelf; index: number }): void {
    const list = this[place.shelf]
    const last = list.pop()
    this.#places.delete(member)
    if (!last || last === member) return
    list[place.index] = last
    const moved = this.#places.get(last)
    if (moved) moved.index = place.index
  }
}

function mark(set: Set<Member>, member: Member, belongs: boolean): void {
  if (belongs) set.add(member)
  else set.delete(member)
}

/** One slot of one worker, held until the last byte. Releasing twice is harmless. */
export interface Lease extends Disposable {
  readonly member: Member
  release(): void
}

export class Fleet {
  readonly members: readonly Member[]
  readonly #groups = new Map<string, Group>()
  readonly #groupsOf = new Map<Member, Group[]>()
  #onFree: (member: Member) => void = () => {}

  constructor(members: readonly Member[]) {
    this.members = members
    for (const member of members) this.#groupsOf.set(member, [])
  }

  /** The group of the members that match, made once under its kind and name. */
  group(kind: GroupKind, name: string, matches: (member: Member) => boolean): Group {
    const key = `${kind}:${name}`
    const known = this.#groups.get(key)
    if (known) return known
    const group = new Group(kind, name, this.members.filter(matches))
    this.#groups.set(key, group)
    for (const member of group.members) this.#groupsOf.get(member)?.push(group)
    return group
  }

  /** Calls `listener` whenever a worker can take a message that could not before. */
  onFree(listener: (member: Member) => void): void {
    this.#onFree = listener
  }

  /** Brings the groups up to date after a change of the member. */
  refresh(member: Member): void {
    for (const group of this.#groupsOf.get(member) ?? []) group.refresh(member)
    if (member.free) this.#onFree(member)
  }

  acquire(member: Member, tokens: number): Lease {
    member.inFlight++
    member.outstandingTokens += tokens
    for (const group of this.#groupsOf.get(member) ?? []) group.refresh(member)
    let held = true
    const release = (): void => {
      if (!held) return
      held = false
      member.inFlight--
      member.outstandingTokens -= tokens
      this.refresh(member)
    }
    return { member, release, [Symbol.dispose]: release }
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.worker.close()))
  }
}
