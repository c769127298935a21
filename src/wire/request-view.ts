import { SignalboxError } from '../core/errors.ts'
import type { Wire } from '../core/wire.ts'
import { exactTextAt, type Names, type Span } from './json-text.ts'
import { firstPersonText, personTexts } from './person-text.ts'
import type { RequestView } from './protocol.ts'
import { holdsReasoningBlocks, type ReasoningTypes } from './reasoning-blocks.ts'
import type { RequestShape } from './request-shape.ts'
import { LazyShape, type ShapeReading } from './shape-reading.ts'
import { type Conversation, type Skim, skim } from './skim.ts'
import { type Edit, type Places, splice } from './splice.ts'

/** What a protocol knows of its own requests: where it keeps the facts that a view tells. Each is asked once at most. */
export interface RequestReading {
  readonly wire: Wire
  readonly conversation: Conversation
  /** The top-level keys that it reads, `model`, `stream` and the conversation's among them. */
  readonly keys: Names
  tools(skim: Skim): boolean
  toolLoopOpen(skim: Skim): boolean
  effort(skim: Skim): string | undefined
  maxTokens(skim: Skim): number | undefined
  session(skim: Skim): string | undefined
  readonly reasoning: ReasoningTypes
  readonly shape: ShapeReading
  /** The beginning of the system prompt. */
  systemStart(skim: Skim, charsMax: number): string
}

const MODEL_CHARS_MAX = 256
const TEXTS_MAX = 3
/** Of the system prompt and of the first text: enough to tell conversations apart, little enough to hash each time. */
const OPENING_CHARS_MAX = 4096

/**
 * The view of a request's body: skims it once, refuses what no protocol could take, and leaves all else to the worker.
 * @throws SignalboxError malformed-json, invalid-message.
 */
export function viewRequest(body: Buffer, reading: RequestReading): RequestView {
  const skimmed = skim(body, reading.keys, reading.conversation)
  const { model, modelSpan } = readModel(body, skimmed.values.get('model'))
  refuseMessages(skimmed)
  const stream = readStream(body, skimmed.values.get('stream'))
  return new LazyView(reading, skimmed, { model, modelSpan, stream })
}

interface Known {
  readonly model: string
  readonly modelSpan: Span
  readonly stream: boolean
}

/** Boxes tell "not asked yet" from "asked, and there is none". */
interface Box<T> {
  readonly value: T
}

class LazyView implements RequestView {
  readonly wire: Wire
  readonly body: Buffer
  readonly model: string
  readonly stream: boolean
  readonly #reading: RequestReading
  readonly #skim: Skim
  readonly #modelSpan: Span
  #texts: readonly string[] | undefined
  #tools: boolean | undefined
  #toolLoopOpen: boolean | undefined
  #thinking: boolean | undefined
  #effort: Box<string | undefined> | undefined
  #maxTokens: Box<number | undefined> | undefined
  #session: Box<string | undefined> | undefined
  #opening: string | undefined
  #shape: LazyShape | undefined

  constructor(reading: RequestReading, skimmed: Skim, known: Known) {
    this.wire = reading.wire
    this.body = skimmed.body
    this.model = known.model
    this.stream = known.stream
    this.#reading = reading
    this.#skim = skimmed
    this.#modelSpan = known.modelSpan
  }

  get texts(): readonly string[] {
    this.#texts ??= personTexts(this.#skim, TEXTS_MAX)
    return this.#texts
  }

  get tools(): boolean {
    this.#tools ??= this.#reading.tools(this.#skim)
    return this.#tools
  }

  get toolLoopOpen(): boolean {
    this.#toolLoopOpen ??= this.#reading.toolLoopOpen(this.#skim)
    return this.#toolLoopOpen
  }

  get thinking(): boolean {
    this.#thinking ??= holdsReasoningBlocks(
      this.body,
      this.#skim.values.get(this.#reading.conversation.key),
      this.#reading.reasoning,
    )
    return this.#thinking
  }

  get effort(): string | undefined {
    this.#effort ??= { value: this.#reading.effort(this.#skim) }
    return this.#effort.value
  }

  get maxTokens(): number | undefined {
    this.#maxTokens ??= { value: this.#reading.maxTokens(this.#skim) }
    return this.#maxTokens.value
  }

  get session(): string | undefined {
    this.#session ??= { value: this.#reading.session(this.#skim) }
    return this.#session.value
  }

  get opening(): string {
    this.#opening ??= this.#readOpening()
    return this.#opening
  }

  #readOpening(): string {
    const system = this.#reading.systemStart(this.#skim, OPENING_CHARS_MAX)
    return `${system}\n${firstPersonText(this.#skim).slice(0, OPENING_CHARS_MAX)}`
  }

  get #lazyShape(): LazyShape {
    this.#shape ??= new LazyShape(this.#skim, this.#reading.shape)
    return this.#shape
  }

  get shape(): RequestShape {
    return this.#lazyShape
  }

  get promptTokens(): number {
    return this.#lazyShape.promptTokens
  }

  withModel(model: string): readonly Buffer[] {
    const { start, end } = this.#modelSpan
    return [this.body.subarray(0, start), Buffer.from(JSON.stringify(model)), this.body.subarray(end)]
  }

  edited(edits: readonly Edit[]): readonly Buffer[] {
    return splice(this.body, edits, placesOf(this.#skim))
  }
}

/** What the skim knows; undefined when it did not keep all members. */
function placesOf({ conversation, members, membersCount, messages }: Skim): Places | undefined {
  if (members.length < 3 * membersCount) return undefined
  return {
    members,
    element: (member, index) => (member === conversation.key ? messages?.at(index) : undefined),
  }
}

const MODEL_HINT = 'Send "model": "auto", or one of the models that are listed.'

function readModel(
  body: Buffer,
  modelSpan: Span | undefined,
): { readonly model: string; readonly modelSpan: Span } {
  if (modelSpan === undefined) throw invalid('model', 'is missing', MODEL_HINT)
  const model = exactTextAt(body, modelSpan)
  if (model === undefined) throw invalid('model', 'must be a string', MODEL_HINT)
  if (model === '') throw invalid('model', 'must not be empty', MODEL_HINT)
  if (model.length > MODEL_CHARS_MAX) {
    throw invalid('model', `must have at most ${MODEL_CHARS_MAX} characters`, MODEL_HINT)
  }
  if (!model.isWellFormed()) throw invalid('model', 'must not hold half of a character', MODEL_HINT)
  if (/\p{Cc}/u.test(model)) throw invalid('model', 'must not hold control characters', MODEL_HINT)
  return { model, modelSpan }
}

function refuseMessages({ values, messages, conversation: { key, loose } }: Skim): void {
  const hint = `Send "${key}": [{"role": "user", "content": "…"}].`
  // What is asked may lie at the vendor, where a protocol lets it.
  if (loose && !values.has(key)) return
  if (!values.has(key)) throw invalid(key, 'is missing', hint)
  if (!messages) throw invalid(key, `must be an array${loose ? ' or a string' : ''}`, hint)
  if (messages.count === 0 && !loose) throw invalid(key, 'must not be empty', hint)
  const fault = messages.fault
  if (!fault) return
  const path = `${key}.${fault.index}`
  if (fault.kind === 'no-object') throw invalid(path, 'must be an object', hint)
  throw invalid(`${path}.role`, 'must be a string', hint)
}

function readStream(body: Buffer, span: Span | undefined): boolean {
  if (span === undefined) return false
  const first = body[span.start]
  if (first === LOWER_T) return true
  // null is how some clients write "not given".
  if (first === LOWER_F || first === LOWER_N) return false
  throw invalid('stream', 'must be true or false', 'Send "stream": true or "stream": false, or leave it out.')
}

const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74

function invalid(path: string, fault: string, hint: string): SignalboxError {
  return new SignalboxError('invalid-message', `${path} ${fault}`, { path, hint })
}
