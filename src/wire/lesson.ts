import type { Lesson, Mend } from '../core/lesson.ts'
import { asObject, asText, type JsonObject, parseJson } from './json-value.ts'
import { identifiers, isExpendable, isRename, isUnknownName, sampling } from './lesson-fields.ts'
import { editsOf, valueAt } from './lesson-mend.ts'
import { createLosses } from './translate/losses.ts'

/**
 * Reads out of a refusal (400) what of the request it is about. OpenAI's errors name the field in `param`; Anthropic's
 * only say it in words, which are matched at their beginning, here and nowhere else. A refused value teaches of that
 * value alone. What makes up the question is never taken for the fault (lesson-fields.ts says what may be).
 * @param sent The short fields of the request that was refused; `tools: true` where it offers tools.
 * @returns undefined where nothing of what was sent would be mended.
 */
export function readLesson(refusal: Buffer, sent: JsonObject): Lesson | undefined {
  const error = asObject(asObject(parseJson(refusal.toString('utf8', 0, BODY_BYTES_MAX)))?.['error'])
  const message = asText(error?.['message'])
  if (!error || message === undefined) return undefined
  const lesson = byParam(error, message, sent) ?? byWords(message, sent)
  return lesson && editsOf([lesson], sent, createLosses()).length > 0 ? lesson : undefined
}

const BODY_BYTES_MAX = 64 * 1024
const WORDS_CHARS_MAX = 500
/** No model answers within less: a smaller limit is a mistake. */
const LIMIT_MIN = 16

const FIELD = /^[a-z][a-z0-9_]{0,63}$/
const USE_INSTEAD =
  /^Unsupported parameter: '\w{1,64}' is not supported with this model\. Use '(\w{1,64})' instead/
/** Words of protocols are such; what else a caller wrote is neither kept nor shown. */
const WORD = /^[\w.-]{1,32}$/
const remove: Mend = { kind: 'remove' }

function byParam(error: JsonObject, message: string, sent: JsonObject): Lesson | undefined {
  const path = pathOf(asText(error['param']))
  if (!path || !isExpendable(path)) return undefined
  // Tools beside an effort: the one combination that is refused without a code.
  if (message.startsWith('Function tools with reasoning_effort')) {
    if (!path.at(-1)?.endsWith('effort')) return undefined
    return { path, mend: { kind: 'set', value: 'none' }, when: { tools: true } }
  }
  switch (asText(error['code'])) {
    case 'unsupported_value':
      return ofValue(path, message, sent)
    case 'unsupported_parameter':
    case 'unknown_parameter': {
      const to = USE_INSTEAD.exec(message)?.[1]
      if (to === undefined) return { path, mend: remove }
      return isRename(path, to) ? { path, mend: { kind: 'rename', to } } : undefined
    }
    default:
      return undefined
  }
}

function ofValue(path: readonly string[], message: string, sent: JsonObject): Lesson | undefined {
  if (sampling.has(path[0] ?? '') && message.includes('Only the default')) return { path, mend: remove }
  const value = valueAt(sent, path)
  if (identifiers.has(path[0] ?? '') || !isPlain(value)) return undefined
  return { path, mend: remove, when: within(path, value) }
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return WORD.test(value)
  return typeof value === 'number' || typeof value === 'boolean'
}

/** The value as it stands in a body. */
function within([root = '', member]: readonly string[], value: unknown): NonNullable<Lesson['when']> {
  return { [root]: member === undefined ? value : { [member]: value } }
}

function pathOf(name: string | undefined): readonly string[] | undefined {
  const path = name?.split('.')
  return path && path.length <= 2 && path.every((part) => FIELD.test(part)) ? path : undefined
}

interface Saying {
  readonly words: RegExp
  lesson(found: readonly string[], sent: JsonObject): Lesson | undefined
}

const thinkingOf = (type: string): Lesson => ({
  path: ['thinking'],
  mend: remove,
  when: { thinking: { type } },
})
const effortOf = (effort: string, beside: Lesson['when'] = {}): Lesson => ({
  path: ['output_config', 'effort'],
  mend: remove,
  when: { output_config: { effort }, ...beside },
})

/** Each is anchored at the beginning and without repetitions inside repetitions. */
const sayings: readonly Saying[] = [
  {
    words: /^`(temperature|top_p|top_k)` is deprecated/,
    lesson: ([, field = '']) => ({ path: [field], mend: remove }),
  },
  {
    words: /^([a-z_]{1,64}(?:\.[a-z_]{1,64})?): Extra inputs are not permitted/,
    lesson([, name]) {
      const path = pathOf(name)
      return path && (isExpendable(path) || isUnknownName(path)) ? { path, mend: remove } : undefined
    },
  },
  {
    words: /^"thinking\.type\.(\w{1,32})" is not supported/,
    lesson: ([, type = '']) => thinkingOf(type),
  },
  { words: /^To turn thinking off on this model/, lesson: () => thinkingOf('disabled') },
  { words: /^adaptive thinking is not supported/, lesson: () => thinkingOf('adaptive') },
  {
    words: /^output_config\.effort '(\w{1,32})' is not supported when thinking is disabled/,
    lesson: ([, effort = '']) => effortOf(effort, { thinking: { type: 'disabled' } }),
  },
  {
    words: /^output_config\.effort '(\w{1,32})' is not supported/,
    lesson: ([, effort = '']) => effortOf(effort),
  },
  {
    words: /^This model does not support effort level '(\w{1,32})'/,
    lesson: ([, effort = '']) => effortOf(effort),
  },
  {
    words: /^tool_choice: type "tool" and "any" are not supported/,
    lesson(_found, sent) {
      const type = valueAt(sent, ['tool_choice', 'type'])
      const mend: Mend = { kind: 'set', value: { type: 'auto' } }
      return type === 'tool' || type === 'any'
        ? { path: ['tool_choice'], mend, when: { tool_choice: { type } } }
        : undefined
    },
  },
  {
    words: /^max_tokens: (\d{1,12}) > (\d{1,12}),/,
    lesson([, asked, limit]) {
      const most = Number(limit)
      return most >= LIMIT_MIN && most < Number(asked)
        ? { path: ['max_tokens'], mend: { kind: 'most', value: most } }
        : undefined
    },
  },
]

function byWords(message: string, sent: JsonObject): Lesson | undefined {
  const words = message.slice(0, WORDS_CHARS_MAX)
  for (const { words: pattern, lesson } of sayings) {
    const found = pattern.exec(words)
    if (found) return lesson(found, sent)
  }
  return undefined
}
