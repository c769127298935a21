/** What a program hands over is checked like what comes over HTTP: types do not hold at run time. */
import { SignalboxError } from '../core/errors.ts'
import { type Message, priorities } from '../core/message.ts'
import { suggestion } from '../core/nearest.ts'

const DEADLINE_MS_MAX = 2 ** 31 - 1

type Rule = readonly [isFine: (value: unknown) => boolean, wanted: string]

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isWhole = (value: unknown, max: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max
const isName: Rule = [isText, 'must be text, not empty']

const rules: Readonly<Record<keyof Message, Rule>> = {
  content: [
    (value) => isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isObject)),
    'must be text or a list of blocks, not empty',
  ],
  system: [(value) => typeof value === 'string', 'must be text'],
  priority: [
    (value) => priorities.some((priority) => priority === value),
    `must be one of ${priorities.join(', ')}`,
  ],
  deadlineMs: [
    (value) => isWhole(value, DEADLINE_MS_MAX),
    `must be a whole number from 1 to ${DEADLINE_MS_MAX}`,
  ],
  class: isName,
  model: isName,
  session: isName,
  tenant: isName,
  context: [isObject, 'must be an object'],
  maxTokens: [(value) => isWhole(value, Number.MAX_SAFE_INTEGER), 'must be a whole number from 1'],
  tools: [(value) => Array.isArray(value) && value.every(isObject), 'must be a list of objects'],
  signal: [(value) => value instanceof AbortSignal, 'must be an AbortSignal'],
}

/** @throws SignalboxError invalid-message naming the key. */
export function checkMessage(message: unknown): asserts message is Message {
  if (!isObject(message)) throw invalid('message', 'must be an object with content')
  for (const [key, value] of Object.entries(message as object)) {
    if (!Object.hasOwn(rules, key))
      throw invalid(key, `is no key of a message; ${suggestion(key, Object.keys(rules))}`)
    // As just seen, the key is one of the rules'.
    const [isFine, wanted] = rules[key as keyof Message]
    if (value !== undefined && !isFine(value)) throw invalid(key, wanted)
  }
  if ((message as Message).content === undefined) throw invalid('content', 'is missing')
}

function invalid(key: string, what: string): SignalboxError {
  return new SignalboxError('invalid-message', `${key} ${what}.`, { path: key })
}
