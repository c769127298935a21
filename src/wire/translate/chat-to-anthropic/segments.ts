import { SignalboxError } from '../../../core/errors.ts'
import type { ReplyNaming } from '../../translation.ts'
import { derivedToolId } from '../tool-ids.ts'
import type { BlockWriter } from './block-writer.ts'
import { Call } from './call.ts'
import { noteOn, readArguments } from './calls.ts'

/**
 * The blocks of a streamed reply, one open at a time. What arrives for another block than the open one waits, so that
 * calls which a server streams all at once come out one after the other, in the order of their numbers.
 *
 * The first arguments of a call are held back until they are whole or longer than HELD_CHARS: what turns out to be no
 * JSON by then becomes a call without arguments and a note. Beyond that they pass as they come, because holding a long
 * file back for a minute is worse; what turns out to be no JSON then fails the stream.
 *
 * Text of white space alone never becomes a block: Anthropic would refuse it when it comes back as history.
 */
export class Segments {
  readonly #blocks: BlockWriter
  readonly #naming: ReplyNaming
  /** Those not closed yet; only the first can be open. */
  readonly #waiting: Segment[] = []
  #bufferedChars = 0
  #callsSeen = 0
  #thoughtsSeen = 0
  hasText = false
  /** A call that names its tool has been written. */
  hasCalls = false
  writtenChars = 0

  constructor(blocks: BlockWriter, naming: ReplyNaming) {
    this.#blocks = blocks
    this.#naming = naming
  }

  text(text: string): void {
    this.hasText = true
    this.writtenChars += text.length
    let last = this.#waiting.at(-1)
    if (last?.kind !== 'text') {
      last = { kind: 'text', held: '', isBlank: true, block: -1 }
      this.#waiting.push(last)
    }
    if (last.block !== -1) {
      this.#blocks.text(last.block, text)
      return
    }
    last.held += text
    last.isBlank &&= text.trim() === ''
    this.#count(text)
    this.advance()
  }

  /** @param order the number that the server gave the call; it comes before waiting calls with higher ones. */
  openCall(order: number): Call {
    if (this.#callsSeen === CALLS_MAX) throw tooMuch()
    const call = new Call(order, this.#callsSeen++)
    let at = this.#waiting.length
    while (at > 0 && isBehind(this.#waiting[at - 1], order)) at--
    this.#waiting.splice(at, 0, call)
    return call
  }

  openThought(): Thought {
    if (this.#thoughtsSeen++ === CALLS_MAX) throw tooMuch()
    const thought: Thought = { kind: 'thought', held: '', seal: undefined, block: -1 }
    this.#waiting.push(thought)
    return thought
  }

  think(thought: Thought, text: string): void {
    this.writtenChars += text.length
    this.#count(text)
    thought.held += text
    this.advance()
  }

  /** @param seal what must come back with the thought; '' where there is none. */
  closeThought(thought: Thought, seal: string): void {
    thought.seal ??= seal
    this.advance()
  }

  addArguments(call: Call, text: string): void {
    this.writtenChars += text.length
    this.#count(text)
    call.add(text)
  }

  /** Sends what can be sent now. @throws SignalboxError worker-protocol. */
  advance(): void {
    for (let head = this.#waiting[0]; head; head = this.#waiting[0]) {
      const hasFollowers = this.#waiting.length > 1
      if (head.kind === 'text') {
        this.#openText(head)
        if (!hasFollowers) return
        this.#closeText(head)
      } else if (head.kind === 'thought') {
        this.#passThought(head)
        if (head.seal === undefined) return
        this.#closeThought(head)
      } else {
        if (head.id !== '' || head.isComplete) this.#startCall(head)
        this.#passArguments(head)
        if (!hasFollowers || !head.isComplete) return
        this.#closeCall(head, false)
      }
      this.#waiting.shift()
    }
  }

  /**
   * The reply is over.
   * @param isCut it ended at its length limit: half a call is then what there is.
   * @throws SignalboxError worker-protocol.
   */
  finish(isCut: boolean): void {
    for (const segment of this.#waiting) {
      if (segment.kind === 'text') {
        this.#openText(segment)
        this.#closeText(segment)
      } else if (segment.kind === 'thought') {
        this.#passThought(segment)
        this.#closeThought(segment)
      } else {
        this.#startCall(segment)
        this.#closeCall(segment, isCut)
      }
    }
    this.#waiting.length = 0
  }

  #openText(segment: TextSegment): void {
    if (segment.block !== -1 || segment.isBlank) return
    segment.block = this.#blocks.startText()
    this.#blocks.text(segment.block, segment.held)
    segment.held = ''
  }

  #closeText(segment: TextSegment): void {
    if (segment.block !== -1) this.#blocks.stop(segment.block)
  }

  #passThought(thought: Thought): void {
    if (thought.held === '') return
    if (thought.block === -1) thought.block = this.#blocks.startThinking()
    this.#blocks.thinking(thought.block, thought.held)
    thought.held = ''
  }

  /** Without a word it is shown as what cannot be read; a thought that was cut gets no seal, for none would fit. */
  #closeThought({ seal = '', block }: Thought): void {
    if (block === -1) {
      if (seal !== '') this.#blocks.stop(this.#blocks.startRedacted(seal))
      return
    }
    if (seal !== '') this.#blocks.signature(block, seal)
    this.#blocks.stop(block)
  }

  #startCall(call: Call): void {
    if (call.block !== -1 || call.name === '') return
    this.hasCalls = true
    const { traceId, toolNames } = this.#naming
    call.name = toolNames?.get(call.name) ?? call.name
    call.block = this.#blocks.startCall(call.id || derivedToolId(traceId, call.number), call.name)
  }

  #passArguments(call: Call): void {
    if (call.block === -1 || call.unsent === '') return
    if (call.sentChars === 0 && call.unsent.length <= HELD_CHARS) return
    this.#blocks.arguments(call.block, call.send())
  }

  /** A call that never named its tool is no call. */
  #closeCall(call: Call, isCut: boolean): void {
    if (call.block === -1) return
    const { kind } = readArguments(call.text)
    const isBroken = kind === 'invalid'
    if (isBroken && call.sentChars > 0 && !isCut) throw brokenArguments(call.name)
    const isToBeSent = call.sentChars > 0 || kind === 'object'
    if (isToBeSent && call.unsent !== '') this.#blocks.arguments(call.block, call.send())
    this.#blocks.stop(call.block)
    if (isBroken && call.sentChars === 0) this.#note(noteOn(call.name, call.text))
  }

  #note(text: string): void {
    const block = this.#blocks.startText()
    this.#blocks.text(block, text)
    this.#blocks.stop(block)
  }

  #count(text: string): void {
    this.#bufferedChars += text.length
    if (this.#bufferedChars > BUFFERED_CHARS_MAX) throw tooMuch()
  }
}

const HELD_CHARS = 512
const CALLS_MAX = 1_000
const BUFFERED_CHARS_MAX = 16 * 1024 * 1024

interface TextSegment {
  readonly kind: 'text'
  held: string
  /** White space alone so far. */
  isBlank: boolean
  /** Its number once it is open; −1 before. */
  block: number
}

/** Reasoning, as far as it has come. */
export interface Thought {
  readonly kind: 'thought'
  held: string
  /** Undefined while more may come. */
  seal: string | undefined
  block: number
}

type Segment = TextSegment | Thought | Call

function isBehind(segment: Segment | undefined, order: number): boolean {
  return segment?.kind === 'call' && segment.block === -1 && segment.order > order
}

function tooMuch(): SignalboxError {
  return new SignalboxError(
    'worker-protocol',
    'the worker called more tools, or with more, than any reply holds',
  )
}

function brokenArguments(name: string): SignalboxError {
  return new SignalboxError('worker-protocol', `the worker’s arguments of the call to ${name} are not JSON`)
}
