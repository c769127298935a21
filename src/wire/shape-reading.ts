import type { BlockKinds } from './block-kinds.ts'
import { type Findings, walkConversation } from './conversation-walk.ts'
import { visitBlocks, visitPlaced } from './json-parts.ts'
import { asObject, type JsonObject, parseJson } from './json-value.ts'
import type { Bound, RequestShape, SystemMessage } from './request-shape.ts'
import type { Skim } from './skim.ts'

/** What a protocol knows of the shape of its own requests. */
export interface ShapeReading {
  /** The type of a tool that names none. */
  readonly toolType: string
  readonly kinds: BlockKinds
  /** What the top-level fields, and tools of such types, tie to an account. */
  boundBy(fields: JsonObject, toolTypes: readonly string[]): readonly Bound[]
}

/** Each part is read when first asked for: fields, tools, and the conversation. */
export class LazyShape implements RequestShape {
  readonly #skim: Skim
  readonly #reading: ShapeReading
  #read: Fields | undefined
  #tools: Tools | undefined
  #findings: Findings | undefined

  constructor(skimmed: Skim, reading: ShapeReading) {
    this.#skim = skimmed
    this.#reading = reading
  }

  get #said(): Findings {
    if (this.#findings) return this.#findings
    const { body, conversation, values } = this.#skim
    this.#findings = walkConversation(body, values.get(conversation.key), conversation, this.#reading.kinds)
    return this.#findings
  }

  get #offered(): Tools {
    this.#tools ??= readTools(this.#skim, this.#reading.toolType)
    return this.#tools
  }

  get #short(): Fields {
    this.#read ??= readFields(this.#skim)
    return this.#read
  }

  get fields(): JsonObject {
    return this.#short.fields
  }

  get toolTypes(): readonly string[] {
    return this.#offered.types
  }

  get toolsCount(): number {
    return this.#offered.count
  }

  get prefill(): boolean {
    return this.#said.last?.role === 'assistant' && !this.turnPaused
  }

  get systemMessages(): readonly SystemMessage[] {
    return this.#said.systemMessages
  }

  get effortInMessages(): boolean {
    return this.#said.effortInMessages
  }

  get turnPaused(): boolean {
    const { last, openCalls } = this.#said
    // A turn is also paused after an answer that the model has not read yet.
    return openCalls > 0 || last?.kind?.calls === true || last?.kind?.answers === true
  }

  get bound(): readonly Bound[] {
    const named = this.#reading.boundBy(this.fields, this.toolTypes)
    return [...new Set([...this.#said.bound, ...named])]
  }

  get media(): number {
    return this.#said.media
  }

  get inDoubt(): boolean {
    return this.#short.inDoubt || this.#offered.inDoubt || this.#said.inDoubt
  }

  /** Bytes of text by four, as the engine measures work; media by what a usual picture costs. */
  get promptTokens(): number {
    const { media, mediaBytes } = this.#said
    return Math.ceil((this.#skim.body.length - mediaBytes) / BYTES_PER_TOKEN) + media * TOKENS_PER_MEDIUM
  }
}

const BYTES_PER_TOKEN = 4
const TOKENS_PER_MEDIUM = 1_500

interface Fields {
  readonly fields: JsonObject
  readonly inDoubt: boolean
}

const FIELD_BYTES_MAX = 64 * 1024
const FIELDS_BYTES_MAX = 256 * 1024
const longKeys = new Set(['messages', 'input', 'system', 'instructions', 'tools', 'functions'])

/** A string in them may have a wrong escape, which a skim does not see: such a field is left out. */
function readFields({ body, members, membersCount }: Skim): Fields {
  const texts: string[] = []
  const names = new Set<string>()
  let bytes = 0
  let inDoubt = members.length < 3 * membersCount
  visitPlaced(body, members, (name, keyStart, _start, end) => {
    if (longKeys.has(name)) return
    bytes += end - keyStart
    // Of doubles JSON.parse reads the last, others the first.
    if (names.has(name)) inDoubt = true
    names.add(name)
    if (end - keyStart > FIELD_BYTES_MAX || bytes > FIELDS_BYTES_MAX) inDoubt = true
    else texts.push(body.toString('utf8', keyStart, end))
  })
  const fields = parseMembers(texts)
  if (fields) return { fields, inDoubt }
  return { fields: parseMembers(texts.filter((text) => parseMembers([text]))) ?? {}, inDoubt: true }
}

function parseMembers(texts: readonly string[]): JsonObject | undefined {
  return asObject(parseJson(`{${texts.join(',')}}`))
}

interface Tools {
  readonly types: readonly string[]
  readonly count: number
  readonly inDoubt: boolean
}

const TOOL_TYPES_MAX = 64

function readTools({ body, values }: Skim, typeOfNone: string): Tools {
  const types = new Set<string>()
  let count = 0
  let inDoubt = false
  const list = values.get('tools')
  if (list) {
    visitBlocks(body, list, (type = typeOfNone) => {
      count++
      if (types.size < TOOL_TYPES_MAX) types.add(type)
      else if (!types.has(type)) inDoubt = true
      return false
    })
  }
  return { types: [...types], count, inDoubt }
}

/** The field is there and says something. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
