import type { Call } from '../chat-to-anthropic/call.ts'
import type { JsonObject } from '../json-tree.ts'
import type { EventWriter, Place } from './event-writer.ts'
import { callItem, functionInput, type ItemStatus, unwrapped } from './items.ts'
import type { OpenItem } from './open-text.ts'

/** How a call's input lies in the Chat stream: as the function's arguments, as it is, or wrapped in arguments. */
export type InputForm = 'arguments' | 'raw' | 'wrapped'

export interface OpenCall extends OpenItem {
  /** Sends what has come. What lies wrapped must be whole before anything can be sent of it. */
  advance(): void
}

export function openCall(
  writer: EventWriter,
  place: Place,
  call: Call,
  { callId, form }: { readonly callId: string; readonly form: InputForm },
): OpenCall {
  const kind = form === 'arguments' ? 'function' : 'custom'
  const events = kind === 'custom' ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  const itemOf = (status: ItemStatus, input: string): JsonObject =>
    callItem(place.id, status, { kind, callId, name: call.name, input })
  writer.item('response.output_item.added', place.index, itemOf('in_progress', ''))

  function send(text: string): void {
    if (text !== '') writer.delta(`${events}.delta`, place, '', text)
  }

  return {
    advance() {
      if (form !== 'wrapped') send(call.send())
    },
    close(status) {
      const input =
        form === 'arguments' ? functionInput(call.text) : form === 'raw' ? call.text : unwrapped(call.text)
      // What has not been sent by now is what it was replaced with.
      send(call.sentChars > 0 ? call.send() : input)
      const whole = kind === 'custom' ? { input } : { arguments: input }
      writer.inItem(`${events}.done`, place, whole)
      const item = itemOf(status, input)
      writer.item('response.output_item.done', place.index, item)
      return item
    },
  }
}
