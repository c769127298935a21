import { isObject, type JsonObject, objectIn, textIn } from '../json-tree.ts'
import { anthropicToolId } from '../tool-ids.ts'
import type { Call } from './call.ts'
import { argumentsText } from './calls.ts'

/** Where the calls of a streamed reply are kept. */
export interface CallSink {
  /** @param order the number that the server gave the call. */
  openCall(order: number): Call
  addArguments(call: Call, text: string): void
}

/**
 * Finds out which call a piece of a Chat stream belongs to. The protocol says by `index`; servers leave it out, give
 * all calls the same, leave ids out, send names again and again or a whole call in one piece, or say a call twice.
 */
export class CallDeltas {
  readonly #sink: CallSink
  readonly #idOf: (id: string) => string
  readonly #byIndex = new Map<number, Call>()
  readonly #byId = new Map<string, Call>()
  #last: Call | undefined
  #nextOrder = 0

  /** @param idOf the id of a call as the client gets it. */
  constructor(sink: CallSink, idOf: (id: string) => string = anthropicToolId) {
    this.#sink = sink
    this.#idOf = idOf
  }

  add(delta: JsonObject): void {
    const called = objectIn(delta['function'])
    const piece: Piece = {
      index: indexOf(delta['index']),
      id: textIn(delta['id']),
      name: textIn(called['name']),
      text: isObject(called['arguments']) ? argumentsText(called['arguments']) : textIn(called['arguments']),
    }
    if (piece.id === '' && piece.name === '' && piece.text === '') return
    const found =
      piece.index === undefined ? this.#foundWithoutIndex(piece) : this.#foundByIndex(piece, piece.index)
    const call = found ?? this.#open(piece)
    if (call.id === '' && piece.id !== '') this.#name(call, piece.id)
    if (call.name === '') call.name = piece.name
    if (piece.text !== '' && !(call.isComplete && piece.text === call.text)) {
      this.#sink.addArguments(call, piece.text)
    }
    this.#last = call
  }

  #foundByIndex({ id, name, text }: Piece, index: number): Call | undefined {
    const call = this.#byIndex.get(index)
    if (!call || name === '') return call
    const isNamedAnew = id !== '' && call.id !== '' && this.#idOf(id) !== call.id
    // All calls under index 0 and without ids: one that is whole is followed by the next.
    const isWholeAgain = id === '' && text !== '' && call.name !== '' && call.isComplete
    return isNamedAnew || isWholeAgain ? undefined : call
  }

  #foundWithoutIndex({ id, name }: Piece): Call | undefined {
    if (id !== '') return this.#byId.get(this.#idOf(id))
    return name === '' ? this.#last : undefined
  }

  #open({ index }: Piece): Call {
    const order = index ?? this.#nextOrder
    const call = this.#sink.openCall(order)
    this.#nextOrder = Math.max(this.#nextOrder, order + 1)
    if (index !== undefined) this.#byIndex.set(index, call)
    return call
  }

  #name(call: Call, id: string): void {
    call.id = this.#idOf(id)
    this.#byId.set(call.id, call)
  }
}

interface Piece {
  readonly index: number | undefined
  readonly id: string
  readonly name: string
  readonly text: string
}

function indexOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
