import type { JsonObject } from '../json-tree.ts'
import type { EventWriter, Place } from './event-writer.ts'
import { type ItemStatus, messageItem, type MessagePart, partOf, reasoningItem } from './items.ts'

/** An item of a streamed response that is written as it comes, and once more as a whole when it ends. */
export interface OpenItem {
  /** Ends it. @returns the item. */
  close(status: ItemStatus): JsonObject
}

export interface OpenReasoning extends OpenItem {
  readonly kind: 'reasoning'
  add(text: string): void
}

export interface OpenMessage extends OpenItem {
  readonly kind: 'message'
  text(text: string): void
  refusal(text: string): void
  annotations(annotations: readonly JsonObject[]): void
}

export function openReasoning(writer: EventWriter, place: Place): OpenReasoning {
  let text = ''
  writer.item('response.output_item.added', place.index, reasoningItem(place.id, 'in_progress', ''))
  const part = (): JsonObject => ({ content_index: 0, part: { type: 'reasoning_text', text } })
  writer.inItem('response.content_part.added', place, part())
  return {
    kind: 'reasoning',
    add(more) {
      text += more
      writer.delta('response.reasoning_text.delta', place, '"content_index":0,', more)
    },
    close(status) {
      writer.inItem('response.reasoning_text.done', place, { content_index: 0, text })
      writer.inItem('response.content_part.done', place, part())
      const item = reasoningItem(place.id, status, text)
      writer.item('response.output_item.done', place.index, item)
      return item
    },
  }
}

export function openMessage(writer: EventWriter, place: Place): OpenMessage {
  const parts: MessagePart[] = []
  let open: { readonly type: MessagePart['type']; text: string; annotations: JsonObject[] } | undefined
  writer.item('response.output_item.added', place.index, messageItem(place.id, 'in_progress', []))

  function inPart(event: string, fields: JsonObject): void {
    writer.inItem(`response.${event}`, place, { content_index: parts.length, ...fields })
  }

  function openPart(type: MessagePart['type']): NonNullable<typeof open> {
    if (open?.type === type) return open
    closePart()
    open = { type, text: '', annotations: [] }
    inPart('content_part.added', { part: partOf(asPart(open)) })
    return open
  }

  function closePart(): void {
    if (!open) return
    const part = asPart(open)
    const { type, text } = open
    if (type === 'refusal') inPart('refusal.done', { refusal: text })
    else inPart('output_text.done', { text, logprobs: [] })
    inPart('content_part.done', { part: partOf(part) })
    parts.push(part)
    open = undefined
  }

  return {
    kind: 'message',
    text(text) {
      openPart('output_text').text += text
      const more = `"content_index":${parts.length},"logprobs":[],`
      writer.delta('response.output_text.delta', place, more, text)
    },
    refusal(text) {
      openPart('refusal').text += text
      writer.delta('response.refusal.delta', place, `"content_index":${parts.length},`, text)
    },
    annotations(annotations) {
      if (open?.type !== 'output_text') return
      for (const annotation of annotations) {
        inPart('output_text.annotation.added', { annotation_index: open.annotations.length, annotation })
        open.annotations.push(annotation)
      }
    },
    close(status) {
      closePart()
      const item = messageItem(place.id, status, parts)
      writer.item('response.output_item.done', place.index, item)
      return item
    },
  }
}

function asPart({
  type,
  text,
  annotations,
}: {
  readonly type: MessagePart['type']
  readonly text: string
  readonly annotations: readonly JsonObject[]
}): MessagePart {
  return type === 'refusal' ? { type, refusal: text } : { type, text, annotations: [...annotations] }
}
