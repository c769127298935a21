import type { ChatPart } from '../anthropic-to-chat/content.ts'
import { type ChatHistory, createChatHistory } from '../anthropic-to-chat/history.ts'
import { invalid, textAt, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { callItem, type ChatToolCall } from './call-items.ts'
import { callOutput, chatParts, chatTexts } from './content.ts'
import type { InputItem } from './input.ts'
import { createOutputs, type Outputs } from './outputs.ts'
import { searchCallText } from './search-call.ts'

/** What the assistant said and called in one go: in Responses these are items of their own. */
interface Turn {
  readonly parts: ChatPart[]
  readonly calls: ChatToolCall[]
  /** Where its calls stand in the input. */
  readonly indexes: number[]
  readonly path: string
}

export const messageFields = new Set(['type', 'id', 'status', 'role', 'content'])
export const outputFields = new Set(['type', 'id', 'status', 'call_id', 'output'])

/** Reads the items of one input in their order into a history of Chat messages. */
export class InputReader {
  readonly #items: readonly InputItem[]
  readonly #passage: Passage
  readonly #outputs: Outputs
  readonly #history: ChatHistory
  /** System text before anything else; undefined once something else has come. */
  #leading: (readonly ChatPart[])[] | undefined
  #turn: Turn | undefined

  constructor(items: readonly InputItem[], passage: Passage) {
    this.#items = items
    this.#passage = passage
    this.#outputs = createOutputs(items)
    this.#history = createChatHistory(passage.target.dialect)
  }

  read(instructions: string): ChatHistory {
    this.#leading = instructions === '' ? [] : [[{ type: 'text', text: instructions }]]
    for (const [index, item] of this.#items.entries()) this.#readItem(item, index)
    this.#endLeading()
    this.#endTurn()
    return this.#history
  }

  #readItem(input: InputItem, index: number): void {
    const { item, type, path } = input
    if (type === 'message') return this.#readMessage(input)
    this.#endLeading()
    switch (type) {
      case 'function_call':
      case 'custom_tool_call': {
        const turn = this.#turnAt(path)
        turn.calls.push(callItem(item, type, path, this.#passage))
        turn.indexes.push(index)
        return
      }
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#endTurn()
        if (this.#outputs.isTaken(index)) return
        throw invalid(path, 'is the output of a call that the input does not hold before it')
      case 'web_search_call':
        this.#turnAt(path).parts.push({ type: 'text', text: searchCallText(item, this.#passage) })
        return
      case 'reasoning':
        // Sealed for its own vendor: no other model can read it.
        this.#passage.losses.add('thinking:model')
        return
      default:
        throw untranslatable(path, adviceOn(type))
    }
  }

  #readMessage({ item, path }: InputItem): void {
    const passage = this.#passage
    passage.losses.removedOthers(item, messageFields)
    const role = textAt(item['role'], `${path}.role`)
    const at = `${path}.content`
    switch (role) {
      case 'assistant':
        this.#endLeading()
        this.#turnAt(path).parts.push(...chatTexts(item['content'], at, passage))
        return
      case 'user':
        this.#endLeading()
        this.#endTurn()
        return this.#history.user(chatParts(item['content'], at, passage))
      case 'system':
      case 'developer':
        this.#endTurn()
        return this.#system(chatTexts(item['content'], at, passage))
      default:
        throw invalid(`${path}.role`, 'must be user, assistant, system or developer')
    }
  }

  /** Where a server takes system text only at the start, the person is made to say it, and it says what it is. */
  #system(parts: readonly ChatPart[]): void {
    if (this.#leading) this.#leading.push(parts)
    else if (parts.length === 0 || this.#passage.target.dialect.systemAnywhere) this.#history.system(parts)
    else {
      const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
      this.#passage.losses.add('system-rewritten')
      this.#history.user([{ type: 'text', text: `[Note from the operator]\n${text}` }])
    }
  }

  #endLeading(): void {
    const leading = this.#leading ?? []
    this.#leading = undefined
    if (this.#passage.target.dialect.systemAnywhere) for (const parts of leading) this.#history.system(parts)
    else this.#history.system(leading.flat())
  }

  #turnAt(path: string): Turn {
    this.#turn ??= { parts: [], calls: [], indexes: [], path }
    return this.#turn
  }

  /** Each call gets its output directly after the turn, wherever in the input that stands. */
  #endTurn(): void {
    if (!this.#turn) return
    const { parts, calls, indexes, path } = this.#turn
    this.#turn = undefined
    const history = this.#history
    // The history reads nothing of a call but its id.
    history.assistant(parts, calls as Parameters<ChatHistory['assistant']>[1], path)
    const attachments: ChatPart[] = []
    for (const [number, { id }] of calls.entries()) {
      const found = this.#outputs.take(indexes[number] ?? 0)
      if (!found) continue
      this.#passage.losses.removedOthers(found.item, outputFields)
      const output = callOutput(found.item['output'], `${found.path}.output`, id, this.#passage)
      history.result(id, output.texts, found.path)
      attachments.push(...output.attachments)
    }
    history.closeCalls()
    history.user(attachments)
  }
}

export function adviceOn(type: string): string {
  switch (type) {
    case 'item_reference':
      return 'the worker keeps no items, so that an item_reference points nowhere; send the item itself, as programs do with "store": false'
    case 'compaction':
    case 'compaction_trigger':
      return `only the vendor that made it can read a ${type}; send the messages that it stands for`
    default:
      return `an item of type "${type.slice(0, 64)}" has no counterpart`
  }
}
