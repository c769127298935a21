import { isUtf8 } from 'node:buffer'
import { SignalboxError } from '../core/errors.ts'
import { JsonScanner, malformed, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-scanner.ts'
import { keyName, type Names, namesOf, type Span, wordAt } from './json-text.ts'

/**
 * Where the things that routing reads lie in a request's body: one pass, no tree, nothing decoded. What a vendor's
 * field means is the caller's; that a request is an object with a list of messages is all that is known here.
 *
 * All messages are counted; spans are kept of the first few (they tell conversations apart) and of the last ones
 * (they tell what is asked now), so that ten million messages cost no more memory than a few hundred.
 */

export interface MessageSpans {
  /** How many elements the array has; 1 for a conversation that is a string. */
  readonly count: number
  /** Where the message at `index` lies; undefined when it is not among the kept. */
  at(index: number): MessageSpan | undefined
  /** The first element that is no message. */
  readonly fault: MessageFault | undefined
}

/** From `start` to `end`: the whole message. */
export interface MessageSpan extends Span {
  readonly role: Span | undefined
  readonly content: Span | undefined
}

/** How a protocol writes a conversation. */
export interface Conversation {
  /** The top-level key that it stands under. */
  readonly key: string
  /** It may be a string, which the person said, and items in it may be other things than messages. */
  readonly loose: boolean
  /** The types of blocks whose `text` a person, or the system, wrote. */
  readonly textTypes: readonly string[]
}

export const chatConversation: Conversation = { key: 'messages', loose: false, textTypes: ['text'] }

export interface MessageFault {
  readonly index: number
  readonly kind: 'no-object' | 'no-role'
}

export interface Skim {
  readonly body: Buffer
  readonly conversation: Conversation
  /** The values of the top-level keys that were asked for. */
  readonly values: ReadonlyMap<string, Span>
  /** Undefined when the conversation's key is missing or its value is no list. */
  readonly messages: MessageSpans | undefined
  /** The first `MEMBERS_MAX` top-level members, three numbers each: where the key begins, its value, and where that ends. */
  readonly members: readonly number[]
  /** How many top-level members there are. */
  readonly membersCount: number
}

export const KEPT_FIRST = 8
export const KEPT_LAST = 256
export const MEMBERS_MAX = 64

/**
 * @param keys the top-level keys to keep; their doubles are refused, all others pass unseen.
 * @throws SignalboxError malformed-json with the byte where it is wrong; invalid-message when it is no object, or too deep.
 */
export function skim(body: Buffer, keys: Names, conversation: Conversation = chatConversation): Skim {
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
  const members: number[] = []
  let membersCount = 0
  let messages: KeptMessages | undefined
  for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
    const keyAt = scanner.at
    scanner.key()
    const key = keyName(scanner, keys)
    const start = scanner.at
    if (key === conversation.key) messages = skimConversation(scanner, conversation)
    else scanner.value()
    if (membersCount++ < MEMBERS_MAX) members.push(keyAt, start, scanner.at)
    if (key === undefined) continue
    if (values.has(key)) throw malformed(keyAt, `duplicate key "${key}"`)
    values.set(key, { start, end: scanner.at })
  }
  scanner.end()
  return { body, conversation, values, messages, members, membersCount }
}

export const roleWords = namesOf('user', 'assistant', 'tool', 'system', 'developer')

/** Who says the message: its role; a conversation that is a string is the person's. */
export function roleOf({ body, messages }: Skim, message: MessageSpan): string | undefined {
  if (message.role) return wordAt(body, message.role, roleWords)
  return messages?.count === 1 && body[message.start] === QUOTE ? 'user' : undefined
}

function refuseEncoding(body: Buffer): void {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    throw malformed(0, 'it begins with a byte order mark, which JSON does not allow')
  }
  if (!isUtf8(body)) throw new SignalboxError('malformed-json', 'the body is not valid UTF-8')
}

const messageKeys = namesOf('role', 'content')

function skimConversation(scanner: JsonScanner, { loose }: Conversation): KeptMessages | undefined {
  const first = scanner.body[scanner.at]
  if (first === OPEN_ARRAY) return skimMessages(scanner, loose)
  const start = scanner.at
  scanner.value()
  if (!loose || first !== QUOTE) return undefined
  const kept = new KeptMessages()
  kept.add(start, scanner.at, -1, -1, start, scanner.at)
  return kept
}

function skimMessages(scanner: JsonScanner, loose: boolean): KeptMessages {
  const kept = new KeptMessages()
  for (let more = scanner.firstElement(); more; more = scanner.nextElement()) {
    const messageStart = scanner.at
    if (scanner.body[messageStart] !== OPEN_OBJECT) {
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
    if (scanner.body[roleStart] === QUOTE || (loose && roleStart === -1))
      kept.add(messageStart, scanner.at, roleStart, roleEnd, contentStart, contentEnd)
    else kept.addFault('no-role')
  }
  return kept
}

/** Six numbers a message, in one array: first the first ones, then a ring of the last ones. */
class KeptMessages implements MessageSpans {
  count = 0
  fault: MessageFault | undefined
  readonly #spans: number[] = []

  add(
    start: number,
    end: number,
    roleStart: number,
    roleEnd: number,
    contentStart: number,
    contentEnd: number,
  ): void {
    const spans = this.#spans
    const slot = slotOf(this.count++)
    if (slot === spans.length) spans.push(start, end, roleStart, roleEnd, contentStart, contentEnd)
    else {
      spans[slot] = start
      spans[slot + 1] = end
      spans[slot + 2] = roleStart
      spans[slot + 3] = roleEnd
      spans[slot + 4] = contentStart
      spans[slot + 5] = contentEnd
    }
  }

  addFault(kind: MessageFault['kind']): void {
    this.fault ??= { index: this.count, kind }
    this.add(-1, -1, -1, -1, -1, -1)
  }

  at(index: number): MessageSpan | undefined {
    if (index < 0 || index >= this.count) return undefined
    if (index >= KEPT_FIRST && index < this.count - KEPT_LAST) return undefined
    const spans = this.#spans
    const slot = slotOf(index)
    return {
      start: spans[slot] ?? -1,
      end: spans[slot + 1] ?? -1,
      role: spanAt(spans, slot + 2),
      content: spanAt(spans, slot + 4),
    }
  }
}

function spanAt(spans: readonly number[], slot: number): Span | undefined {
  const start = spans[slot] ?? -1
  return start === -1 ? undefined : { start, end: spans[slot + 1] ?? -1 }
}

function slotOf(index: number): number {
  return 6 * (index < KEPT_FIRST ? index : KEPT_FIRST + ((index - KEPT_FIRST) % KEPT_LAST))
}
