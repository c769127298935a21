/** One change of a request's body: the value at the path is set (or added), or removed where it is undefined. */
export interface Edit {
  /** Names of members and indexes of elements of the body as it was sent, from the root. */
  readonly path: Path
  readonly value: unknown
}

type Key = string | number
type Path = readonly Key[]

/** What becomes of one place of a body: all edits of it and of what lies below, put together. */
export interface Plan {
  /** `value`: it is replaced whole, or removed where `value` is undefined. Else what its children say changes in it. */
  readonly kind: 'value' | 'object' | 'array'
  readonly value: unknown
  readonly children: ReadonlyMap<Key, Plan>
}

interface Growing extends Plan {
  kind: Plan['kind']
  value: unknown
  readonly children: Map<Key, Growing>
}

/** The plan of the root, which stays an object: edits that would make another value of it are left out. */
export function planOf(edits: readonly Edit[]): Plan {
  const root = growing()
  for (const { path, value } of edits) {
    if (typeof path[0] === 'string') grow(root, path, value)
  }
  return root
}

function growing(): Growing {
  return { kind: 'object', value: undefined, children: new Map() }
}

function grow(root: Growing, path: Path, value: unknown): void {
  let plan = root
  for (const [depth, key] of path.entries()) {
    if (plan.kind === 'value') {
      plan.value = changed(plan.value, path.slice(depth), value)
      return
    }
    const kind = typeof key === 'number' ? 'array' : 'object'
    if (plan.kind !== kind) {
      plan.kind = kind
      plan.children.clear()
    }
    const child = plan.children.get(key) ?? growing()
    plan.children.set(key, child)
    plan = child
  }
  plan.kind = 'value'
  plan.value = value
}

/** The same edit on a value that an earlier edit put there. */
function changed(base: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (typeof key === 'number') {
    const list: readonly unknown[] = Array.isArray(base) ? base : []
    const next = changed(list[key], rest, value)
    if (next === undefined) return Array.isArray(base) ? list.toSpliced(key, 1) : base
    return key < list.length ? list.with(key, next) : [...list, next]
  }
  const isObject = typeof base === 'object' && base !== null && !Array.isArray(base)
  const members = new Map(isObject ? Object.entries(base) : [])
  const next = changed(members.get(key), rest, value)
  if (next !== undefined) members.set(key, next)
  else if (!members.delete(key)) return base
  return Object.fromEntries(members)
}

export function isRemoval(plan: Plan): boolean {
  return plan.kind === 'value' && plan.value === undefined
}

/** The value at a place where nothing was; undefined when nothing comes there. */
export function plannedValue({ kind, value, children }: Plan): unknown {
  if (kind === 'value') return value
  const entries = [...children]
    .map(([key, child]) => [key, plannedValue(child)] as const)
    .filter(([, made]) => made !== undefined)
  if (entries.length === 0) return undefined
  if (kind === 'object') return Object.fromEntries(entries)
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, made]) => made)
}
