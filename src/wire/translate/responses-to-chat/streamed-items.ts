import { SignalboxError } from '../../../core/errors.ts'
import type { ReplyNaming } from '../../translation.ts'
import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'
import { StopScanner } from '../stop-scanner.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { BETWEEN_MESSAGES, callOf, citationOf, type ItemCall, messageParts } from './output-items.ts'

/**
 * The items of a streamed response, as far as they have come. The protocol says everything up to three times: in
 * deltas, when a part is done, and in the item when that is done. An item is taken from its deltas; from its end only
 * where there were none. Otherwise texts and arguments would come out doubled.
 */
export class StreamedItems {
  readonly #writer: ChunkWriter
  readonly #traceId: string
  readonly #stops: StopScanner
  readonly #items: Item[] = []
  readonly #byIndex = new Map<unknown, Item>()
  readonly #byId = new Map<unknown, Item>()
  #calls = 0
  /** Of the text as the worker wrote it. */
  #contentChars = 0
  writtenChars = 0

  constructor(writer: ChunkWriter, { traceId, stopSequences }: ReplyNaming) {
    this.#writer = writer
    this.#traceId = traceId
    this.#stops = new StopScanner(stopSequences ?? [])
  }

  get hasCalls(): boolean {
    return this.#calls > 0
  }

  /** A stop text has come: the answer ends before it, whatever the worker goes on to say. */
  get isStopped(): boolean {
    return this.#stops.hit !== undefined
  }

  /** An item begins. Calls are announced at once, where their names are known already. */
  add(event: JsonObject): void {
    this.#announce(this.#itemOf(event), objectIn(event['item']))
  }

  text(event: JsonObject): void {
    this.#text(this.#itemOf(event), event['content_index'], textIn(event['delta']))
  }

  refusal(event: JsonObject): void {
    this.#refusal(this.#itemOf(event), textIn(event['delta']))
  }

  annotation(event: JsonObject): void {
    this.#annotation(this.#itemOf(event), event['content_index'], event['annotation'])
  }

  input(event: JsonObject): void {
    const item = this.#itemOf(event)
    // A call that has not named its tool yet waits for the end of its item.
    if (item.call) this.#input(item, textIn(event['delta']))
  }

  done(event: JsonObject): void {
    this.#whole(this.#itemOf(event), objectIn(event['item']))
  }

  /** The response is over, and says once more what it consists of. */
  finish(output: unknown): void {
    const nothingCame = this.#items.length === 0
    for (const [index, value] of listIn(output).entries()) {
      const whole = objectIn(value)
      const item = this.#byId.get(whole['id']) ?? this.#sameKindAt(index, whole)
      if (item) this.#whole(item, whole)
      else if (nothingCame) this.#whole(newItem(whole['type']), whole)
    }
    this.#send(this.#stops.flush())
    for (const item of this.#items) {
      if (item.call?.kind === 'function' && !item.said) this.#input(item, '{}')
    }
  }

  /** Some servers leave items out of the last event, so that the numbers of the others are not what they were. */
  #sameKindAt(index: number, whole: JsonObject): Item | undefined {
    const item = this.#byIndex.get(index)
    return item?.type === whole['type'] ? item : undefined
  }

  /** By its number; some servers leave that out, and some give an item a new id in every event. */
  #itemOf(event: JsonObject): Item {
    const index = event['output_index']
    const id = event['item_id'] ?? objectIn(event['item'])['id']
    const found = this.#byIndex.get(index) ?? this.#byId.get(id)
    if (found) return found
    if (this.#items.length === ITEMS_MAX) throw tooMany()
    const item = newItem(objectIn(event['item'])['type'] ?? typeByEvent[textIn(event['type'])])
    this.#items.push(item)
    if (index !== undefined) this.#byIndex.set(index, item)
    if (id !== undefined) this.#byId.set(id, item)
    return item
  }

  #announce(item: Item, whole: JsonObject): void {
    if (item.call || this.isStopped) return
    const call = callOf(whole, this.#traceId, this.#calls)
    if (!call) return
    this.#send(this.#stops.flush())
    item.call = call
    item.number = this.#calls++
    this.#writer.beginCall(item.number, call)
  }

  #whole(item: Item, whole: JsonObject): void {
    this.#announce(item, whole)
    const call = callOf(whole, this.#traceId, item.number)
    if (call && item.call && !item.said) this.#input(item, call.input)
    if (whole['type'] !== 'message') return
    const { said, cited } = item
    for (const [index, part] of messageParts(whole).entries()) {
      if (!said) {
        this.#text(item, index, textIn(part['text']))
        this.#refusal(item, textIn(part['refusal']))
      }
      if (!cited)
        for (const annotation of listIn(part['annotations'])) this.#annotation(item, index, annotation)
    }
  }

  #text(item: Item, part: unknown, text: string): void {
    if (text === '') return
    const separator = !item.hasText && this.#contentChars > 0 ? BETWEEN_MESSAGES : ''
    if (item.starts.size === ITEMS_MAX) throw tooMany()
    if (!item.starts.has(part)) item.starts.set(part, this.#contentChars + separator.length)
    item.hasText = true
    item.said = true
    this.#contentChars += separator.length + text.length
    this.#send(this.#stops.push(separator + text))
  }

  #send(text: string): void {
    if (text === '') return
    this.writtenChars += text.length
    this.#writer.text(text)
  }

  #refusal(item: Item, refusal: string): void {
    if (refusal === '' || this.isStopped) return
    item.said = true
    this.writtenChars += refusal.length
    this.#writer.delta({ refusal })
  }

  #annotation(item: Item, part: unknown, annotation: unknown): void {
    const citation = citationOf(objectIn(annotation), item.starts.get(part) ?? 0)
    if (!citation || this.isStopped) return
    item.cited = true
    this.#writer.delta({ annotations: [citation] })
  }

  #input(item: Item, text: string): void {
    if (!item.call || text === '') return
    item.said = true
    this.writtenChars += text.length
    this.#writer.input(item.number, item.call.kind, text)
  }
}

const ITEMS_MAX = 1_000

function tooMany(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker sent more items than any response holds')
}

/** What an item is that was not announced. */
const typeByEvent: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'message',
  'response.refusal.delta': 'message',
  'response.function_call_arguments.delta': 'function_call',
  'response.custom_tool_call_input.delta': 'custom_tool_call',
}

interface Item {
  readonly type: unknown
  /** Something of it has been sent. */
  said: boolean
  hasText: boolean
  /** Citations of it have been sent. */
  cited: boolean
  /** Where in Chat's one text each of its parts begins. */
  readonly starts: Map<unknown, number>
  /** Once its tool is known. */
  call: ItemCall | undefined
  /** Its number among the calls. */
  number: number
}

function newItem(type: unknown): Item {
  return { type, said: false, hasText: false, cited: false, starts: new Map(), call: undefined, number: 0 }
}
