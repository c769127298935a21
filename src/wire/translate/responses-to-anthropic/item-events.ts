import { SignalboxError } from '../../../core/errors.ts'
import type { ReplyNaming } from '../../translation.ts'
import { BETWEEN_PARTS, sealOf, thinkingText } from '../anthropic-to-responses/reasoning.ts'
import type { Call } from '../chat-to-anthropic/call.ts'
import type { Segments, Thought } from '../chat-to-anthropic/segments.ts'
import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'
import { StopScanner } from '../stop-scanner.ts'
import { anthropicToolId } from '../tool-ids.ts'
import { callOf, messageText, reasoningOf } from './items.ts'

/** An output item under way. What it holds is told up to three times: the first source that says it is the one. */
interface Item {
  readonly order: number
  hasText: boolean
  call: Call | undefined
  thought: Thought | undefined
  /** The parts of the thought, whose lengths go with its seal. */
  readonly summary: string[]
  /** The part that is being told, and by which events: some servers tell a thought in two ways. */
  part: unknown
  source: string
  isDone: boolean
}

const ITEMS_MAX = 10_000

/** The events of a response's output items, as segments of the reply. Events that are not known pass. */
export class ItemEvents {
  readonly #segments: Segments
  readonly #naming: ReplyNaming
  readonly #scanner: StopScanner
  #items = 0
  readonly #byIndex = new Map<number, Item>()
  readonly #byId = new Map<string, Item>()
  #thinking: Item | undefined
  #model = ''
  refusal = ''

  constructor(segments: Segments, naming: ReplyNaming) {
    this.#segments = segments
    this.#naming = naming
    this.#scanner = new StopScanner(naming.stopSequences ?? [])
  }

  /** The stop sequence that the answer ran into. */
  get stopText(): string | undefined {
    return this.#scanner.hit
  }

  see(type: string, event: JsonObject): void {
    switch (type) {
      case 'response.output_text.delta':
        return this.#say(this.#itemOf(event), textIn(event['delta']))
      case 'response.refusal.delta':
        return this.#refuse(this.#itemOf(event), textIn(event['delta']))
      case 'response.function_call_arguments.delta':
        return this.#argue(this.#itemOf(event), textIn(event['delta']))
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#think(this.#itemOf(event), type, event)
      case 'response.output_item.added':
        return this.#open(this.#itemOf(event), objectIn(event['item']))
      case 'response.output_item.done':
        return this.#close(this.#itemOf(event), objectIn(event['item']))
      case 'response.created':
        this.#model = textIn(objectIn(event['response'])['model'])
        return undefined
      default:
        return undefined
    }
  }

  /**
   * The last event tells the whole output again: of it counts what was begun and not ended before, and all of it only
   * when nothing came before. Items that cannot be told to be the same would be said twice.
   */
  complete(response: JsonObject): void {
    const isNew = this.#items === 0
    for (const [index, value] of listIn(response['output']).entries()) {
      if (this.stopText !== undefined) return
      const told = objectIn(value)
      const id = textIn(told['id'])
      const item = isNew ? this.#add(index, id) : (this.#byId.get(id) ?? this.#byIndex.get(index))
      if (item) this.#close(item, told)
    }
    this.#endText()
    this.#settle()
  }

  #endText(): void {
    const held = this.#scanner.flush()
    if (held !== '') this.#segments.text(held)
  }

  /** Found by its place: some servers give an item another id in every event. */
  #itemOf(event: JsonObject): Item {
    const index = event['output_index']
    const id = textIn(event['item_id']) || textIn(objectIn(event['item'])['id'])
    const found = typeof index === 'number' ? this.#byIndex.get(index) : this.#byId.get(id)
    return found ?? this.#add(typeof index === 'number' ? index : this.#items, id)
  }

  #add(index: number, id: string): Item {
    if (this.#items === ITEMS_MAX) {
      throw new SignalboxError('worker-protocol', 'the worker’s answer has more items than any reply holds')
    }
    const item: Item = {
      order: index,
      hasText: false,
      call: undefined,
      thought: undefined,
      summary: [],
      part: undefined,
      source: '',
      isDone: false,
    }
    this.#items++
    this.#byIndex.set(index, item)
    if (id !== '') this.#byId.set(id, item)
    return item
  }

  #open(item: Item, told: JsonObject): void {
    if (told['type'] === 'function_call') this.#startCall(item, told)
    else if (told['type'] === 'reasoning') this.#thoughtOf(item)
  }

  #close(item: Item, told: JsonObject): void {
    if (item.isDone) return
    item.isDone = true
    switch (told['type']) {
      case 'message':
        return this.#closeMessage(item, told)
      case 'reasoning':
        return this.#closeThought(item, told)
      default:
        return this.#closeCall(item, told)
    }
  }

  #say(item: Item, text: string): void {
    if (text === '') return
    this.#settle(item)
    item.hasText = true
    const shown = this.#scanner.push(text)
    if (shown !== '') this.#segments.text(shown)
  }

  #refuse(item: Item, text: string): void {
    this.refusal += text
    this.#say(item, text)
  }

  #closeMessage(item: Item, told: JsonObject): void {
    if (!item.hasText) {
      const { text, refusal } = messageText(told)
      this.refusal += refusal
      this.#say(item, text)
    }
    this.#endText()
  }

  #startCall(item: Item, told: JsonObject): Call | undefined {
    const named = callOf(told)
    if (!named) return undefined
    this.#settle(item)
    item.call ??= this.#segments.openCall(item.order)
    const { call } = item
    if (call.id === '' && named.id !== '') call.id = anthropicToolId(named.id)
    if (call.name === '') call.name = named.name
    this.#segments.advance()
    return call
  }

  #argue(item: Item, text: string): void {
    if (text === '') return
    item.call ??= this.#segments.openCall(item.order)
    this.#segments.addArguments(item.call, text)
    this.#segments.advance()
  }

  #closeCall(item: Item, told: JsonObject): void {
    const call = this.#startCall(item, told)
    if (!call) return
    const written = callOf(told)?.arguments ?? ''
    if (call.text === '' && written !== '') this.#segments.addArguments(call, written)
    call.isClosed = true
    this.#segments.advance()
  }

  #think(item: Item, type: string, event: JsonObject): void {
    const text = textIn(event['delta'])
    if (item.source === '') item.source = type
    if (text === '' || item.source !== type) return
    const part = event['summary_index'] ?? event['content_index']
    const { summary } = item
    const isNew = summary.length === 0 || part !== item.part
    const before = isNew && summary.length > 0 ? BETWEEN_PARTS : ''
    if (isNew) summary.push(text)
    else summary[summary.length - 1] += text
    item.part = part
    this.#segments.think(this.#thoughtOf(item), before + text)
  }

  #thoughtOf(item: Item): Thought {
    this.#settle(item)
    item.thought ??= this.#segments.openThought()
    this.#thinking = item
    return item.thought
  }

  /**
   * A thought that the server never ended is over when something else begins: nothing need wait for it. It is marked as
   * one of this vendor's, with nothing in the seal: no other vendor may be sent it, and this one could not take it back.
   */
  #settle(next?: Item): void {
    const before = this.#thinking
    if (before === next || !before?.thought) return
    const isEmpty = before.summary.length === 0
    const seal = isEmpty ? '' : sealOf({ id: '', summary: [], encrypted: '' }, this.#servedModel)
    this.#segments.closeThought(before.thought, seal)
    this.#thinking = undefined
  }

  get #servedModel(): string {
    return this.#naming.served ?? this.#model
  }

  /** The seal counts as the finished item has it: before, it may be half of one. */
  #closeThought(item: Item, told: JsonObject): void {
    const thought = this.#thoughtOf(item)
    const { id, summary, encrypted } = reasoningOf(told)
    if (item.summary.length === 0 && summary.length > 0) {
      item.summary.push(...summary)
      this.#segments.think(thought, thinkingText(summary))
    }
    const isEmpty = item.summary.length === 0 && encrypted === ''
    const seal = isEmpty ? '' : sealOf({ id, summary: item.summary, encrypted }, this.#servedModel)
    this.#segments.closeThought(thought, seal)
  }
}
