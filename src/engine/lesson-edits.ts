/** What was learned of a model is the last thing that a request goes through. */
import type { Lesson } from '../core/lesson.ts'
import type { JsonObject } from '../wire/json-value.ts'
import { readLesson } from '../wire/lesson.ts'
import { editsOf } from '../wire/lesson-mend.ts'
import type { Protocol, RequestView } from '../wire/protocol.ts'
import { createLosses } from '../wire/translate/losses.ts'
import type { Learned } from '../workers/learned.ts'
import type { Exchange } from './exchange.ts'
import type { Run } from './run.ts'

/** What is known of the model at the server, and what this very message has been refused for. */
export function lessonsFor(
  { lesson: tried }: Partial<Pick<Run, 'lesson'>>,
  learned: Learned,
  host: string,
  model: string,
): readonly Lesson[] {
  const known = learned.of(host, model)
  return tried?.host === host && tried.model === model ? [...known, tried.lesson] : known
}

export function lessonEdits(
  body: readonly Buffer[],
  lessons: readonly Lesson[],
  protocol: Protocol,
): { readonly body: readonly Buffer[]; readonly losses: readonly string[] } {
  if (lessons.length === 0) return { body, losses: [] }
  const view = protocol.view(Buffer.concat(body))
  const losses = createLosses()
  const edits = editsOf(lessons, fieldsOf(view), losses)
  return { body: edits.length === 0 ? body : view.edited(edits), losses: losses.list() }
}

/** What the refusal of a request teaches; nothing where it is about what only the client may change. */
export function lessonIn(
  refusal: Buffer,
  { request, protocol }: Pick<Exchange, 'request' | 'protocol'>,
): Lesson | undefined {
  return readLesson(refusal, fieldsOf(protocol.view(Buffer.concat(request.body))))
}

/** Tools are long and not among the fields; that there are some is what a lesson may ask for. */
function fieldsOf({ shape }: RequestView): JsonObject {
  return shape.toolsCount > 0 ? { ...shape.fields, tools: true } : shape.fields
}
