import type { BlockKind, BlockKinds } from './block-kinds.ts'
import { memberAt } from './json-parts.ts'
import { JsonScanner, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-scanner.ts'
import { keyIndex, type Names, namesOf, type Span, textAt, wordAt } from './json-text.ts'
import type { Bound, SystemMessage } from './request-shape.ts'
import { type Conversation, roleWords } from './skim.ts'

/**
 * One pass over a whole conversation for what ties it to a model or an account. Reads types and ids, no texts. To search
 * the bytes for tell-tale words first gains nothing: in 400 KB each search takes 15 to 150 µs, this whole pass 100, and
 * a search sees neither kinds that nobody knows nor words with escapes.
 */

/** What a walk found. */
export interface Findings {
  readonly systemMessages: readonly SystemMessage[]
  readonly effortInMessages: boolean
  /** The last message that is not of role system or developer. */
  readonly last: Last | undefined
  /** Vendor-run calls, of the last stretch of assistant messages, that no block answers. */
  readonly openCalls: number
  readonly bound: ReadonlySet<Bound>
  readonly media: number
  /** The bytes that the media take, where they are not text. */
  readonly mediaBytes: number
  /** There are blocks of unknown kinds, doubled keys, or more of something than is told. */
  readonly inDoubt: boolean
}

interface Last {
  /** '' for an item that has none. */
  readonly role: string
  /** The kind of the item, or of the message's last block. */
  readonly kind: BlockKind | undefined
}

/** @param list the conversation; one that is no list has nothing to find. */
export function walkConversation(
  body: Buffer,
  list: Span | undefined,
  conversation: Conversation,
  kinds: BlockKinds,
): Findings {
  const walk = new Walk(new JsonScanner(body, list?.start), conversation, kinds)
  if (list && body[list.start] === OPEN_ARRAY) walk.messages()
  return walk
}

const SYSTEM_MESSAGES_MAX = 1024

// In the order of the constants below them.
const messageKeys = namesOf('role', 'type', 'name', 'content', 'output', 'output_config', 'audio')
const ROLE = 0
const TYPE = 1
const NAME = 2
const CONTENT = 3
const OUTPUT = 4
const OUTPUT_CONFIG = 5
const AUDIO = 6

const blockKeys = namesOf('type', 'id', 'tool_use_id', 'file_id', 'source', 'file', 'content', 'output')
const BLOCK_TYPE = 0
const ID = 1
const TOOL_USE_ID = 2
const FILE_ID = 3
const SOURCE = 4
const FILE = 5

const typeWords = namesOf(
  'text',
  'tool_use',
  'tool_result',
  'thinking',
  'input_text',
  'output_text',
  'message',
)
const effortKey = namesOf('effort')
const idKey = namesOf('id')

class Walk implements Findings {
  readonly systemMessages: SystemMessage[] = []
  effortInMessages = false
  last: Last | undefined
  readonly bound = new Set<Bound>()
  media = 0
  mediaBytes = 0
  inDoubt = false
  readonly #scanner: JsonScanner
  readonly #body: Buffer
  readonly #textTypes: readonly string[]
  readonly #kinds: BlockKinds
  readonly #open = new Set<string>()
  // Of the message that is being read:
  #calls: string[] = []
  #answers: string[] = []
  #lastKind: BlockKind | undefined

  constructor(scanner: JsonScanner, { textTypes }: Conversation, kinds: BlockKinds) {
    this.#scanner = scanner
    this.#body = scanner.body
    this.#textTypes = textTypes
    this.#kinds = kinds
  }

  get openCalls(): number {
    return this.#open.size
  }

  messages(): void {
    const scanner = this.#scanner
    let index = 0
    for (let more = scanner.firstElement(); more; more = scanner.nextElement()) {
      if (this.#body[scanner.at] === OPEN_OBJECT) this.#message(index)
      else scanner.value()
      index++
    }
  }

  #message(index: number): void {
    const scanner = this.#scanner
    const messageStart = scanner.at
    let role: Span | undefined
    let type: Span | undefined
    let plain = true
    let seen = 0
    this.#calls = []
    this.#answers = []
    this.#lastKind = undefined
    for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
      scanner.key()
      const key = keyIndex(scanner, messageKeys)
      seen = this.#once(seen, key)
      const start = scanner.at
      if (key === CONTENT) {
        plain = this.#content() && plain
        continue
      }
      if (key === OUTPUT) this.#inside(1)
      else scanner.value()
      const value = { start, end: scanner.at }
      if (key === ROLE) role = value
      else if (key === TYPE) type = value
      else if (key !== NAME) plain = false
      if (key === OUTPUT_CONFIG) this.effortInMessages ||= this.#gives(value, effortKey)
      else if (key === AUDIO && this.#gives(value, idKey)) this.bound.add('state')
    }
    const message = { start: messageStart, end: scanner.at }
    const kind = type && this.#found(wordAt(this.#body, type, typeWords), message, false)
    if (kind?.setsEffort) this.effortInMessages = true
    this.#said(wordAt(this.#body, role, roleWords) ?? '', role ? this.#lastKind : kind, { index, plain })
  }

  /** A message's content. @returns whether it is text alone. */
  #content(): boolean {
    const first = this.#body[this.#scanner.at]
    if (first === OPEN_ARRAY) return this.#blocks(0)
    this.#scanner.value()
    return first === QUOTE
  }

  /** @returns whether all are texts. */
  #blocks(depth: number): boolean {
    const scanner = this.#scanner
    let plain = true
    for (let more = scanner.firstElement(); more; more = scanner.nextElement()) {
      if (this.#body[scanner.at] === OPEN_OBJECT) {
        const type = this.#block(depth, false)
        plain &&= type !== undefined && this.#textTypes.includes(type)
      } else {
        scanner.value()
        plain = false
      }
    }
    return plain
  }

  /**
   * @param depth 0 for the blocks of a message; what lies in those is looked at for media and what is bound only.
   * @param isPart it is no block, but a part of one, such as its source.
   * @returns its type.
   */
  #block(depth: number, isPart: boolean): string | undefined {
    const scanner = this.#scanner
    const start = scanner.at
    let type: Span | undefined
    let id: Span | undefined
    let callId: Span | undefined
    let sourceType: string | undefined
    let seen = 0
    for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
      scanner.key()
      const key = keyIndex(scanner, blockKeys)
      seen = this.#once(seen, key)
      const value = scanner.at
      if ((key === SOURCE || key === FILE) && this.#body[value] === OPEN_OBJECT) {
        sourceType = this.#block(depth + 1, true)
      } else if (key > FILE) this.#inside(depth + 1)
      else scanner.value()
      if (key === BLOCK_TYPE) type = { start: value, end: scanner.at }
      else if (key === ID) id = { start: value, end: scanner.at }
      else if (key === TOOL_USE_ID) callId = { start: value, end: scanner.at }
      else if (key === FILE_ID && this.#body[value] !== LOWER_N) this.bound.add('file')
    }
    const name = wordAt(this.#body, type, typeWords)
    if (isPart) return name
    const isText = sourceType === 'text' || sourceType === 'content'
    const kind = this.#found(name, { start, end: scanner.at }, isText, depth)
    if (depth === 0) {
      this.#lastKind = kind
      if (kind?.calls) this.#calls.push(textAt(this.#body, id) ?? '')
      else if (kind?.answers) this.#answers.push(textAt(this.#body, callId) ?? '')
    }
    return name
  }

  /** What may be a list of blocks, one block, or neither. */
  #inside(depth: number): void {
    const first = this.#body[this.#scanner.at]
    if (first === OPEN_ARRAY) this.#blocks(depth)
    else if (first === OPEN_OBJECT) this.#block(depth, false)
    else this.#scanner.value()
  }

  /** Takes note of a block or an item. */
  #found(type: string | undefined, { start, end }: Span, isText: boolean, depth = 0): BlockKind | undefined {
    const kind = type === undefined ? undefined : this.#kinds(type)
    if (!kind && depth === 0) this.inDoubt = true
    if (kind?.bound) this.bound.add(kind.bound)
    if (kind?.media) {
      this.media++
      if (!isText) this.mediaBytes += end - start
    }
    return kind
  }

  #said(role: string, kind: BlockKind | undefined, message: SystemMessage): void {
    if (role === 'system' || role === 'developer') {
      if (!this.last) return
      if (this.systemMessages.length < SYSTEM_MESSAGES_MAX) this.systemMessages.push(message)
      else this.inDoubt = true
      return
    }
    if (role === 'assistant') {
      if (this.last?.role !== 'assistant') this.#open.clear()
      for (const id of this.#calls) this.#open.add(id)
      for (const id of this.#answers) this.#open.delete(id)
    }
    this.last = { role, kind }
  }

  #gives(object: Span, names: Names): boolean {
    const value = memberAt(this.#body, object, names)
    return value !== undefined && this.#body[value.start] !== LOWER_N
  }

  /** Of doubled keys JSON.parse reads the last; here both were looked at. */
  #once(seen: number, key: number): number {
    if (key === -1) return seen
    if ((seen & (1 << key)) !== 0) this.inDoubt = true
    return seen | (1 << key)
  }
}

const LOWER_N = 0x6e
