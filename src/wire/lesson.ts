import type { Lesson, Mend } from '../core/lesson.ts'
import type { Loss } from '../core/loss.ts'
import { asObject, asText, type JsonObject, parseJson } from './json-value.ts'
import type { Edit } from './splice.ts'
import type { Losses } from './translate/losses.ts'

/**
 * Reads out of a refusal (400) which field it is about. OpenAI's errors name it in `param`; Anthropic's only say it in
 * words, which are matched at their beginning, here and nowhere else. Fields that make up the conversation or the tools
 * are never taken for the fault: what stands in them is the caller's.
 */
export function readLesson(body: Buffer): Lesson | undefined {
  const error = asObject(asObject(parseJson(body.toString('utf8', 0, BODY_BYTES_MAX)))?.['error'])
  const message = asText(error?.['message'])
  if (!error || message === undefined) return undefined
  return byParam(error, message) ?? byWords(message)
}

const BODY_BYTES_MAX = 64 * 1024
const WORDS_CHARS_MAX = 500

/** What no lesson may touch. */
const untouchable = new Set([
  'model',
  'messages',
  'input',
  'system',
  'instructions',
  'tools',
  'stream',
  'functions',
])
const FIELD = /^[a-z][a-z0-9_]{0,63}$/
const remove: Mend = { kind: 'remove' }

const codes = new Set(['unsupported_parameter', 'unsupported_value', 'unknown_parameter'])

function byParam(error: JsonObject, message: string): Lesson | undefined {
  const path = fieldOf(asText(error['param']))
  if (!path) return undefined
  // Tools beside an effort: the one combination that is refused without a code.
  if (message.startsWith('Function tools with reasoning_effort')) {
    return { path, mend: { kind: 'set', value: 'none' } }
  }
  const code = asText(error['code'])
  if (code === undefined || !codes.has(code)) return undefined
  const other =
    /^Unsupported parameter: '\w{1,64}' is not supported with this model\. Use '(\w{1,64})' instead/.exec(
      message,
    )?.[1]
  return { path, mend: other === undefined ? remove : { kind: 'rename', to: other } }
}

function fieldOf(name: string | undefined): readonly string[] | undefined {
  const path = name?.split('.')
  if (!path || path.length > 2 || !path.every((part) => FIELD.test(part))) return undefined
  return untouchable.has(path[0] ?? '') ? undefined : path
}

interface Saying {
  readonly words: RegExp
  lesson(found: RegExpExecArray): Lesson | undefined
}

const removing =
  (...path: readonly string[]) =>
  (): Lesson => ({ path, mend: remove })

/** Each is anchored at the beginning and without repetitions inside repetitions. */
const sayings: readonly Saying[] = [
  { words: /^`(temperature|top_p|top_k)` is deprecated/, lesson: ([, field = '']) => removing(field)() },
  {
    words: /^([a-z_]{1,64}(?:\.[a-z_]{1,64})?): Extra inputs are not permitted/,
    lesson([, name]) {
      const path = fieldOf(name)
      return path && { path, mend: remove }
    },
  },
  { words: /^"thinking\.type\.\w{1,32}" is not supported/, lesson: removing('thinking') },
  { words: /^To turn thinking off on this model/, lesson: removing('thinking') },
  { words: /^adaptive thinking is not supported/, lesson: removing('thinking') },
  { words: /^output_config\.effort /, lesson: removing('output_config', 'effort') },
  { words: /^This model does not support effort level/, lesson: removing('output_config', 'effort') },
  {
    words: /^tool_choice: type "tool" and "any" are not supported/,
    lesson: () => ({ path: ['tool_choice'], mend: { kind: 'set', value: { type: 'auto' } } }),
  },
  {
    words: /^max_tokens: \d{1,12} > (\d{1,12}),/,
    lesson: ([, most]) => ({ path: ['max_tokens'], mend: { kind: 'most', value: Number(most) } }),
  },
]

function byWords(message: string): Lesson | undefined {
  const words = message.slice(0, WORDS_CHARS_MAX)
  for (const { words: pattern, lesson } of sayings) {
    const found = pattern.exec(words)
    if (found) return lesson(found)
  }
  return undefined
}

const lossOf: Readonly<Record<string, Loss>> = {
  temperature: 'sampling-dropped',
  top_p: 'sampling-dropped',
  top_k: 'sampling-dropped',
  effort: 'effort-clamped',
  reasoning_effort: 'effort-clamped',
  tool_choice: 'tool-choice-relaxed',
  max_tokens: 'max-tokens-clamped',
  max_completion_tokens: 'max-tokens-clamped',
  max_output_tokens: 'max-tokens-clamped',
}

/** What the lessons change in a request with these fields; each change is told as a loss. */
export function editsOf(lessons: readonly Lesson[], fields: JsonObject, losses: Losses): readonly Edit[] {
  const edits: Edit[] = []
  for (const { path, mend } of lessons) {
    const value = valueAt(fields, path)
    if (value === undefined || !applies(mend, value)) continue
    if (mend.kind === 'remove' || mend.kind === 'rename') edits.push({ path, value: undefined })
    if (mend.kind === 'rename') {
      edits.push({ path: [...path.slice(0, -1), mend.to], value })
      continue
    }
    if (mend.kind !== 'remove') edits.push({ path, value: mend.value })
    const name = path.at(-1) ?? ''
    const loss = lossOf[name]
    if (loss === undefined) losses.removed(path.join('.'))
    else losses.add(loss)
  }
  return edits
}

function applies(mend: Mend, value: unknown): boolean {
  return mend.kind !== 'most' || (typeof value === 'number' && value > mend.value)
}

function valueAt(fields: JsonObject, path: readonly string[]): unknown {
  let value: unknown = fields
  for (const name of path) value = asObject(value)?.[name]
  return value
}
