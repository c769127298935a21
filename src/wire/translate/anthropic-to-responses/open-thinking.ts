import type { EventWriter, Place } from '../chat-to-responses/event-writer.ts'
import type { OpenItem } from '../chat-to-responses/open-text.ts'
import { thinkingItem } from './thinking.ts'

/** A reasoning item that is written as the thinking comes. */
export interface OpenThinking extends OpenItem {
  add(text: string): void
}

/** @param sealOf asked when the item ends, because the seal comes last. */
export function openThinking(writer: EventWriter, place: Place, sealOf: () => string): OpenThinking {
  let text = ''
  writer.item('response.output_item.added', place.index, thinkingItem(place.id, 'in_progress', '', ''))
  return {
    add(more) {
      if (text === '') {
        const part = { type: 'summary_text', text: '' }
        writer.inItem('response.reasoning_summary_part.added', place, { summary_index: 0, part })
      }
      text += more
      writer.delta('response.reasoning_summary_text.delta', place, '"summary_index":0,', more)
    },
    close(status) {
      if (text !== '') {
        writer.inItem('response.reasoning_summary_text.done', place, { summary_index: 0, text })
        const part = { type: 'summary_text', text }
        writer.inItem('response.reasoning_summary_part.done', place, { summary_index: 0, part })
      }
      const item = thinkingItem(place.id, status, text, sealOf())
      writer.item('response.output_item.done', place.index, item)
      return item
    },
  }
}
