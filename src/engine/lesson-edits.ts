/** What was learned of a model is the last thing that a request goes through. */
import type { Lesson } from '../core/lesson.ts'
import { editsOf } from '../wire/lesson.ts'
import type { Protocol } from '../wire/protocol.ts'
import { createLosses } from '../wire/translate/losses.ts'

export function lessonEdits(
  body: readonly Buffer[],
  lessons: readonly Lesson[],
  protocol: Protocol,
): { readonly body: readonly Buffer[]; readonly losses: readonly string[] } {
  if (lessons.length === 0) return { body, losses: [] }
  const view = protocol.view(Buffer.concat(body))
  const losses = createLosses()
  const edits = editsOf(lessons, view.shape.fields, losses)
  return { body: edits.length === 0 ? body : view.edited(edits), losses: losses.list() }
}
