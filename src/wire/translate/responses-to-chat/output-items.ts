import { argumentsText } from '../chat-to-anthropic/calls.ts'
import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'
import { derivedToolId } from '../tool-ids.ts'
import { StopScanner } from '../stop-scanner.ts'

/** The messages of a response as the one that Chat has. */
export interface MessageText {
  readonly content: string
  readonly refusal: string
  readonly annotations: readonly JsonObject[]
  /** A stop text was found: the content ends before it, and so does the answer. */
  readonly isStopped: boolean
  /** Adds the parts of a message. */
  add(parts: readonly JsonObject[]): void
  /** Something else than text comes, or nothing more. */
  flush(): void
}

export const BETWEEN_MESSAGES = '\n\n'

export function createMessageText(stopSequences: readonly string[]): MessageText {
  const stops = new StopScanner(stopSequences)
  const annotations: JsonObject[] = []
  let content = ''
  let refusal = ''
  /** Of the text as the worker wrote it. */
  let chars = 0

  function addPart(part: JsonObject, separator: string): void {
    const text = separator + textIn(part['text'])
    for (const annotation of listIn(part['annotations'])) {
      const citation = citationOf(objectIn(annotation), chars + separator.length)
      if (citation) annotations.push(citation)
    }
    chars += text.length
    content += stops.push(text)
  }

  return {
    get content() {
      return content
    },
    get refusal() {
      return refusal
    },
    annotations,
    get isStopped() {
      return stops.hit !== undefined
    },
    add(parts) {
      let separator = chars > 0 ? BETWEEN_MESSAGES : ''
      for (const part of parts) {
        refusal += textIn(part['refusal'])
        if (textIn(part['text']) === '' || stops.hit !== undefined) continue
        addPart(part, separator)
        separator = ''
      }
    },
    flush() {
      content += stops.flush()
    },
  }
}

/** The parts of a message that are text or refusal. */
export function messageParts(item: JsonObject): readonly JsonObject[] {
  return listIn(item['content'])
    .map(objectIn)
    .filter((part) => part['type'] === 'output_text' || part['type'] === 'refusal')
}

/** @param offset where in Chat's one text the part begins that is cited in. */
export function citationOf(annotation: JsonObject, offset: number): JsonObject | undefined {
  if (annotation['type'] !== 'url_citation') return undefined
  const { start_index: start, end_index: end } = annotation
  return {
    type: 'url_citation',
    url_citation: {
      start_index: typeof start === 'number' ? start + offset : 0,
      end_index: typeof end === 'number' ? end + offset : 0,
      title: textIn(annotation['title']),
      url: textIn(annotation['url']),
    },
  }
}

/** One call of a tool, as Chat tells it. */
export interface ItemCall {
  readonly kind: 'function' | 'custom'
  readonly name: string
  /** What the tool is called with. A function without arguments is given none, which is an object in JSON. */
  readonly input: string
  readonly asChat: JsonObject & { readonly id: string }
}

/** @returns undefined when the item is no call that names its tool. */
export function callOf(item: JsonObject, traceId: string, number: number): ItemCall | undefined {
  const name = textIn(item['name'])
  if (name === '') return undefined
  const id = textIn(item['call_id']) || derivedToolId(traceId, number)
  if (item['type'] === 'custom_tool_call') {
    const input = textIn(item['input'])
    return { kind: 'custom', name, input, asChat: { id, type: 'custom', custom: { name, input } } }
  }
  if (item['type'] !== 'function_call') return undefined
  const input = argumentsText(item['arguments']) || '{}'
  const called = { name, arguments: input }
  return { kind: 'function', name, input, asChat: { id, type: 'function', function: called } }
}
