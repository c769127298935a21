/** How two JSON trees differ, as places and what stands there now. */

export interface Change {
  /** Dotted, list positions as numbers: as errors name fields. */
  readonly path: string
  /** JSON with spaces and bare keys, cut where it is long; undefined where there is nothing any more. */
  readonly value: string | undefined
}

type Json = Readonly<Record<string, unknown>>

export function changesBetween(before: unknown, after: unknown, path = ''): readonly Change[] {
  if (same(before, after)) return []
  if (isObject(before) && isObject(after)) return changedMembers(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) return changedItems(before, after, path)
  return [{ path, value: after === undefined ? undefined : shown(after) }]
}

function changedMembers(before: Json, after: Json, path: string): readonly Change[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])]
  return names.flatMap((name) => changesBetween(before[name], after[name], below(path, name)))
}

/** What both begin and end with has not changed; what stands between is compared in pairs where it is as much. */
function changedItems(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
): readonly Change[] {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && same(before[start], after[start])) start++
  let end = 0
  while (end < shorter - start && same(before.at(-1 - end), after.at(-1 - end))) end++
  const old = before.slice(start, before.length - end)
  const now = after.slice(start, after.length - end)
  if (now.length === 0) return old.map((_, index) => ({ path: below(path, start + index), value: undefined }))
  return now.flatMap((item, index) =>
    changesBetween(old.length === now.length ? old[index] : undefined, item, below(path, start + index)),
  )
}

function below(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

const CHARS_MAX = 150

export function shown(value: unknown): string {
  const text = written(value)
  return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX)}…` : text
}

function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}: ${written(member)}`)
    .join(', ')}}`
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
