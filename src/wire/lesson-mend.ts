import type { Lesson, Mend } from '../core/lesson.ts'
import { asObject, type JsonObject } from './json-value.ts'
import { lossOf } from './lesson-fields.ts'
import type { Edit } from './splice.ts'
import type { Losses } from './translate/losses.ts'

/** What the lessons change in a request with these fields; each change is told as a loss. */
export function editsOf(lessons: readonly Lesson[], fields: JsonObject, losses: Losses): readonly Edit[] {
  return lessons.flatMap(({ path, mend, when }) => {
    const value = valueAt(fields, path)
    if (value === undefined || !isChanged(mend, value) || !holds(fields, when ?? {})) return []
    if (mend.kind === 'rename') return renamed(path, value, mend.to, fields, losses)
    tell(losses, path)
    return [{ path, value: mend.kind === 'remove' ? undefined : mend.value }]
  })
}

/** A field that the request has already is the caller's word: it stands, and the refused one goes. */
function renamed(
  path: readonly string[],
  value: unknown,
  to: string,
  fields: JsonObject,
  losses: Losses,
): readonly Edit[] {
  const target = [...path.slice(0, -1), to]
  if (valueAt(fields, target) === undefined) {
    return [
      { path, value: undefined },
      { path: target, value },
    ]
  }
  losses.removed(path.join('.'))
  return [{ path, value: undefined }]
}

function tell(losses: Losses, path: readonly string[]): void {
  const loss = lossOf(path)
  if (loss.startsWith('removed:')) losses.removed(path.join('.'))
  else losses.add(loss)
}

function isChanged(mend: Mend, value: unknown): boolean {
  if (mend.kind === 'most') return typeof value === 'number' && value > mend.value
  return mend.kind !== 'set' || mend.value !== value
}

/** `when` is met by what has all its members; what has more of them meets it too. */
function holds(found: unknown, when: unknown): boolean {
  const members = asObject(when)
  if (!members) return found === when
  return Object.entries(members).every(([name, value]) => holds(memberOf(found, name), value))
}

/** Own members alone: a request may name a field `constructor`. */
export function valueAt(fields: JsonObject, path: readonly string[]): unknown {
  let value: unknown = fields
  for (const name of path) value = memberOf(value, name)
  return value
}

function memberOf(value: unknown, name: string): unknown {
  const object = asObject(value)
  return object && Object.hasOwn(object, name) ? object[name] : undefined
}
