import { SignalboxError } from '../core/errors.ts'
import { type MemberVisitor, visitMembers, visitPlaced } from './json-parts.ts'
import { JsonScanner, OPEN_ARRAY, OPEN_OBJECT } from './json-scanner.ts'
import type { Span } from './json-text.ts'
import { type Edit, isRemoval, type Plan, planOf, plannedValue } from './splice-plan.ts'

export type { Edit } from './splice-plan.ts'

/** Where parts of the body lie, for a caller that has skimmed it: what is told here is not searched for. */
export interface Places {
  /** The root's members, three numbers each: where the key begins, its value, and where that ends. All of them. */
  readonly members: readonly number[]
  /** An element of the list that is the value of the root's member. */
  element(member: string, index: number): Span | undefined
}

/**
 * The body with the edits made and every other byte as it was: parts to send in order. An edit whose path leads nowhere
 * adds what is missing on its way; a removal that finds nothing changes nothing; an index past the end appends. Later
 * edits win over earlier ones of the same path, and work on what an earlier one put above them. Of an edited key that
 * stands twice only the last is kept: JSON.parse reads that one, other servers the first.
 * @throws SignalboxError malformed-json or invalid-message, when the body is no object; never for one that was skimmed.
 */
export function splice(body: Buffer, edits: readonly Edit[], places?: Places): readonly Buffer[] {
  const patches: Patch[] = []
  const scanner = new JsonScanner(body)
  if (scanner.space() !== OPEN_OBJECT) {
    throw new SignalboxError('invalid-message', 'the body must be a JSON object')
  }
  patchObject({ body, patches, places }, scanner.at, planOf(edits), places)
  return cut(body, patches)
}

interface Patch extends Span {
  readonly text: string
}

/** Cuts the body at the patches, which are in order and do not overlap. */
function cut(body: Buffer, patches: readonly Patch[]): readonly Buffer[] {
  const parts: Buffer[] = []
  let at = 0
  for (const { start, end, text } of patches) {
    if (start > at) parts.push(body.subarray(at, start))
    if (text !== '') parts.push(Buffer.from(text))
    at = end
  }
  if (at < body.length) parts.push(body.subarray(at))
  return parts
}

interface Work {
  readonly body: Buffer
  readonly patches: Patch[]
  readonly places: Places | undefined
}

/** @param root only for the root, whose members are known. */
function patchObject(work: Work, at: number, plan: Plan, root?: Places): void {
  const { body } = work
  const lastOf = new Map<Plan, number>()
  const visit = (visitor: MemberVisitor): void =>
    root ? visitPlaced(body, root.members, visitor) : visitMembers(body, at, visitor)
  visit((name, keyStart) => {
    const child = plan.children.get(name)
    if (child) lastOf.set(child, keyStart)
  })
  const row = new Row(work, at + 1)
  visit((name, keyStart, start, end) => {
    const child = plan.children.get(name)
    if (child && (isRemoval(child) || lastOf.get(child) !== keyStart)) return row.remove(keyStart, end)
    row.keep(keyStart, end)
    if (!child) return
    if (root && body[start] === OPEN_ARRAY && patchKnown(work, name, child)) return
    patchValue(work, { start, end }, child)
  })
  for (const [name, child] of plan.children) {
    if (!lastOf.has(child)) row.add(plannedValue(child), `${JSON.stringify(name)}:`)
  }
  row.end()
}

function patchArray(work: Work, at: number, plan: Plan): void {
  const row = new Row(work, at + 1)
  const scanner = new JsonScanner(work.body, at)
  let index = 0
  for (let more = scanner.firstElement(); more; more = scanner.nextElement()) {
    const start = scanner.at
    scanner.value()
    const child = plan.children.get(index++)
    if (child && isRemoval(child)) row.remove(start, scanner.at)
    else {
      row.keep(start, scanner.at)
      if (child) patchValue(work, { start, end: scanner.at }, child)
    }
  }
  for (const place of inOrder(plan)) {
    const child = plan.children.get(place)
    if (child && place >= index) row.add(plannedValue(child), '')
  }
  row.end()
}

/** Jumps to the elements where all that change are known and stay. @returns whether it did. */
function patchKnown(work: Work, member: string, plan: Plan): boolean {
  if (plan.kind !== 'array') return false
  const found: [Span, Plan][] = []
  for (const index of inOrder(plan)) {
    const child = plan.children.get(index)
    const span = work.places?.element(member, index)
    if (!child || !span || isRemoval(child)) return false
    found.push([span, child])
  }
  for (const [span, child] of found) patchValue(work, span, child)
  return true
}

function inOrder(plan: Plan): readonly number[] {
  return [...plan.children.keys()].filter((key) => typeof key === 'number').sort((a, b) => a - b)
}

function patchValue(work: Work, { start, end }: Span, plan: Plan): void {
  const first = work.body[start]
  if (plan.kind === 'object' && first === OPEN_OBJECT) return patchObject(work, start, plan)
  if (plan.kind === 'array' && first === OPEN_ARRAY) return patchArray(work, start, plan)
  const value = plannedValue(plan)
  if (value !== undefined) work.patches.push({ start, end, text: JSON.stringify(value) })
}

/** The members or elements of one container, in order; knows which commas go. */
class Row {
  readonly #patches: Patch[]
  readonly #open: number
  #keptEnd = -1
  #removedStart = -1
  #removedEnd = -1
  readonly #added: string[] = []

  constructor({ patches }: Work, open: number) {
    this.#patches = patches
    this.#open = open
  }

  remove(start: number, end: number): void {
    if (this.#removedStart === -1) this.#removedStart = start
    this.#removedEnd = end
  }

  keep(start: number, end: number): void {
    // What was removed before goes with the comma behind it.
    if (this.#removedStart !== -1) this.#patches.push({ start: this.#removedStart, end: start, text: '' })
    this.#removedStart = -1
    this.#keptEnd = end
  }

  add(value: unknown, key: string): void {
    if (value !== undefined) this.#added.push(key + JSON.stringify(value))
  }

  end(): void {
    const isRemoved = this.#removedStart !== -1
    if (!isRemoved && this.#added.length === 0) return
    const added = this.#added.join(',')
    const hasKept = this.#keptEnd !== -1
    // What is removed last goes with the comma before it.
    const start = hasKept ? this.#keptEnd : isRemoved ? this.#removedStart : this.#open
    const end = isRemoved ? this.#removedEnd : start
    this.#patches.push({ start, end, text: hasKept && added !== '' ? `,${added}` : added })
  }
}
