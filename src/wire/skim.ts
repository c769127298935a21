import { isUtf8 } from 'node:buffer'
import { SignalboxError } from '../core/errors.ts'
import { JsonScanner, malformed, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-scanner.ts'
import { keyName, type Names, namesOf, type Span } from './json-text.ts'

/**
 * Where the things that routing reads lie in a request's body: one pass, no tree, nothing decoded. What a vendor's
 * field means is the caller's; that a request is an object with a list of messages is all that is known here.
 *
 * All messages are counted; spans are kept of the first few (they tell conversations apart) and of the last ones
 * (they tell what is asked now), so that ten million messages cost no more memory than a few hundred.
 */

export interface MessageSpans {
  /** How many elements the array has. */
  readonly count: number
  /** The role's and the content's value of the message at `index`; undefined when it is not among the kept. */
  at(index: number): { readonly role: Span; readonly content: Span | undefined } | undefined
  /** The first element that is no message. */
  readonly fault: MessageFault | undefined
}

export interface MessageFault {
  readonly index: number
  readonly kind: 'no-object' | 'no-role'
}

export interface Skim {
  readonly body: Buffer
  /** The values of the top-level keys that were asked for. */
  readonly values: ReadonlyMap<string, Span>
  /** Undefined when there is no key `messages` or its value is no array. */
  readonly messages: MessageSpans | undefined
}

export const KEPT_FIRST = 8
export const KEPT_LAST = 256

/**
 * @param keys the top-level keys to keep; their doubles are refused, all others pass unseen.
 * @throws SignalboxError malformed-json with the byte where it is wrong; invalid-message when it is no object, or too deep.
 */
export function skim(body: Buffer, keys: Names): Skim {
  refuseEncoding(body)
  const scanner = new JsonScanner(body)
  const first = scanner.space()
  if (first !== OPEN_OBJECT) {
    if (first === -1) throw malformed(0, 'it is empty')
    // An array or a string is JSON all the same: it is told apart from what is none.
    scanner.value()
    scanner.end()
    throw new SignalboxError('invalid-message', 'the body must be a JSON object')
  }
  const values = new Map<string, Span>()
  let messages: KeptMessages | undefined
  for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
    const keyAt = scanner.at
    scanner.key()
    const key = keyName(scanner, keys)
    const start = scanner.at
    if (key === 'messages' && body[start] === OPEN_ARRAY) messages = skimMessages(scanner)
    else scanner.value()
    if (key === undefined) continue
    if (values.has(key)) throw malformed(keyAt, `duplicate key "${key}"`)
    values.set(key, { start, end: scanner.at })
  }
  scanner.end()
  return { body, values, messages }
}

function refuseEncoding(body: Buffer): void {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    throw malformed(0, 'it begins with a byte order mark, which JSON does not allow')
  }
  if (!isUtf8(body)) throw new SignalboxError('malformed-json', 'the body is not valid UTF-8')
}

const messageKeys = namesOf('role', 'content')

function skimMessages(scanner: JsonScanner): KeptMessages {
  const kept = new KeptMessages()
  for (let more = scanner.firstElement(); more; more = scanner.nextElement()) {
    if (scanner.body[scanner.at] !== OPEN_OBJECT) {
      scanner.value()
      kept.addFault('no-object')
      continue
    }
    let roleStart = -1
    let roleEnd = -1
    let contentStart = -1
    let contentEnd = -1
    for (let member = scanner.firstMember(); member; member = scanner.nextMember()) {
      scanner.key()
      // Of doubles the last one counts, as JSON.parse has it.
      const key = keyName(scanner, messageKeys)
      const start = scanner.at
      scanner.value()
      if (key === 'role') {
        roleStart = start
        roleEnd = scanner.at
      } else if (key === 'content') {
        contentStart = start
        contentEnd = scanner.at
      }
    }
    if (scanner.body[roleStart] === QUOTE) kept.add(roleStart, roleEnd, contentStart, contentEnd)
    else kept.addFault('no-role')
  }
  return kept
}

/** Four numbers a message, in one array: first the first ones, then a ring of the last ones. */
class KeptMessages implements MessageSpans {
  count = 0
  fault: MessageFault | undefined
  readonly #spans: number[] = []

  add(roleStart: number, roleEnd: number, contentStart: number, contentEnd: number): void {
    const spans = this.#spans
    const slot = slotOf(this.count++)
    if (slot === spans.length) spans.push(roleStart, roleEnd, contentStart, contentEnd)
    else {
      spans[slot] = roleStart
      spans[slot + 1] = roleEnd
      spans[slot + 2] = contentStart
      spans[slot + 3] = contentEnd
    }
  }

  addFault(kind: MessageFault['kind']): void {
    this.fault ??= { index: this.count, kind }
    this.add(-1, -1, -1, -1)
  }

  at(index: number): { readonly role: Span; readonly content: Span | undefined } | undefined {
    if (index < 0 || index >= this.count) return undefined
    if (index >= KEPT_FIRST && index < this.count - KEPT_LAST) return undefined
    const slot = slotOf(index)
    const [roleStart = -1, roleEnd = -1, contentStart = -1, contentEnd = -1] = this.#spans.slice(
      slot,
      slot + 4,
    )
    return {
      role: { start: roleStart, end: roleEnd },
      content: contentStart === -1 ? undefined : { start: contentStart, end: contentEnd },
    }
  }
}

function slotOf(index: number): number {
  return 4 * (index < KEPT_FIRST ? index : KEPT_FIRST + ((index - KEPT_FIRST) % KEPT_LAST))
}
