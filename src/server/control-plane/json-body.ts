/**
 * Reads a JSON body that a stranger sent: UTF-8 or nothing, at most so deep, and no key that could reach a prototype.
 * Linear in the body, whatever it holds.
 */
import { SignalboxError } from '../../core/errors.ts'
import { JsonScanner } from '../../wire/json-scanner.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * @returns undefined for an empty body: whether one is needed is for the route to say.
 * @throws SignalboxError malformed-json, invalid-message
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined
  // Walks without recursion and throws where the body is too deep; the parser behind it may then use the stack.
  new JsonScanner(body).value()
  return parse(decode(body))
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch (error) {
    throw new SignalboxError('malformed-json', 'the body is not UTF-8', { cause: error })
  }
}

function parse(text: string): unknown {
  const value = parseAny(text)
  // Only a text that names one of the two can hold such a key (or spell it with escapes).
  if (/__proto__|constructor|\\u00/.test(text)) refuseReachingKeys(value)
  return value
}

function parseAny(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'the body is not JSON'
    throw new SignalboxError('malformed-json', detail, { cause: error })
  }
}

/** `__proto__`, and `constructor` that holds a `prototype`: copied carelessly, both would change every object. */
function refuseReachingKeys(value: unknown): void {
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) continue
    for (const [key, child] of Object.entries(next)) {
      if (key === '__proto__' || (key === 'constructor' && holdsPrototype(child))) {
        throw new SignalboxError('invalid-message', `the key ${key} is not allowed`, { path: key })
      }
      open.push(child)
    }
  }
}

function holdsPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}
