import { argumentsText, callBlocks } from '../chat-to-anthropic/calls.ts'
import { type Block, textBlocks } from '../chat-to-anthropic/content.ts'
import { type AnthropicHistory, createAnthropicHistory, type Turn } from '../chat-to-anthropic/history.ts'
import { invalid, isGiven, type JsonObject, textAt, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { callFields } from '../responses-to-chat/call-items.ts'
import { type InputItem, itemsOf } from '../responses-to-chat/input.ts'
import { adviceOn, messageFields, outputFields } from '../responses-to-chat/input-reader.ts'
import { createOutputs, type Outputs } from '../responses-to-chat/outputs.ts'
import { searchCallText } from '../responses-to-chat/search-call.ts'
import { anthropicToolId, toolNameAt } from '../tool-ids.ts'
import { blocksOfContent, textsOfContent } from './content.ts'
import { thinkingBlock } from './thinking-blocks.ts'

export interface AnthropicInput {
  readonly system: readonly Block[]
  readonly turns: readonly Turn[]
}

/** Instructions and input of a Responses request as system prompt and messages of an Anthropic request. */
export function inputToTurns(root: JsonObject, passage: Passage): AnthropicInput {
  const reader = new InputReader(itemsOf(root['input']), passage)
  if (isGiven(root['instructions'])) reader.instructions(textAt(root['instructions'], 'instructions'))
  const { system, turns } = reader.read()
  if (turns.at(-1)?.role === 'assistant' && passage.target.takes?.prefill === false) {
    throw untranslatable('input', 'the model does not go on after a last message of the assistant')
  }
  if (turns.length > 0) return { system, turns }
  if (system.length === 0) throw invalid('input', 'must hold at least one message with content')
  // Where there is nothing but system text, that text is what is asked.
  passage.losses.add('system-rewritten')
  return { system: [], turns: [{ role: 'user', content: system }] }
}

const reasoningFields = new Set(['type', 'id', 'status', 'summary', 'content', 'encrypted_content'])

/** What the assistant thought, said and called in one go: here these are items of their own. */
interface OpenTurn {
  readonly blocks: Block[]
  readonly calls: { readonly id: string; readonly index: number }[]
  readonly path: string
}

class InputReader {
  readonly #items: readonly InputItem[]
  readonly #passage: Passage
  readonly #outputs: Outputs
  readonly #history: AnthropicHistory
  readonly #system: Block[] = []
  #isLeading = true
  #turn: OpenTurn | undefined

  constructor(items: readonly InputItem[], passage: Passage) {
    this.#items = items
    this.#passage = passage
    this.#outputs = createOutputs(items)
    this.#history = createAnthropicHistory(passage.target.takes, passage.losses)
  }

  instructions(text: string): void {
    this.#system.push(...textBlocks(text))
  }

  read(): AnthropicInput {
    for (const [index, item] of this.#items.entries()) this.#readItem(item, index)
    this.#endTurn()
    return { system: this.#system, turns: this.#history.turns() }
  }

  #readItem(input: InputItem, index: number): void {
    const { item, type, path } = input
    if (type === 'message') return this.#readMessage(item, path)
    this.#isLeading = false
    switch (type) {
      case 'function_call':
      case 'custom_tool_call':
        return this.#readCall(input, index)
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#endTurn()
        if (this.#outputs.isTaken(index)) return undefined
        throw invalid(path, 'is the output of a call that the input does not hold before it')
      case 'web_search_call':
        this.#turnAt(path).blocks.push(...textBlocks(searchCallText(item, this.#passage)))
        return undefined
      case 'reasoning': {
        this.#passage.losses.removedOthers(item, reasoningFields)
        const block = thinkingBlock(item)
        if (block) this.#turnAt(path).blocks.push(block)
        else this.#passage.losses.add('thinking:model')
        return undefined
      }
      default:
        throw untranslatable(path, adviceOn(type))
    }
  }

  #readMessage(item: JsonObject, path: string): void {
    this.#passage.losses.removedOthers(item, messageFields)
    const role = textAt(item['role'], `${path}.role`)
    const at = `${path}.content`
    switch (role) {
      case 'assistant':
        this.#isLeading = false
        this.#turnAt(path).blocks.push(...textsOfContent(item['content'], at, this.#passage))
        return
      case 'user':
        this.#isLeading = false
        this.#endTurn()
        return this.#history.user(blocksOfContent(item['content'], at, this.#passage))
      case 'system':
      case 'developer': {
        this.#endTurn()
        const texts = textsOfContent(item['content'], at, this.#passage)
        if (this.#isLeading) this.#system.push(...texts)
        else this.#history.system(texts)
        return
      }
      default:
        throw invalid(`${path}.role`, 'must be user, assistant, system or developer')
    }
  }

  #readCall({ item, type, path }: InputItem, index: number): void {
    this.#passage.losses.removedOthers(item, callFields)
    if (isGiven(item['namespace'])) throw untranslatable(`${path}.namespace`, 'the worker has no namespaces')
    const turn = this.#turnAt(path)
    const id = anthropicToolId(textAt(item['call_id'], `${path}.call_id`))
    const name = toolNameAt(item['name'], `${path}.name`)
    const written =
      type === 'function_call'
        ? argumentsText(item['arguments'])
        : JSON.stringify({ input: textAt(item['input'], `${path}.input`) })
    turn.calls.push({ id, index })
    turn.blocks.push(...callBlocks(id, name, written))
  }

  #turnAt(path: string): OpenTurn {
    this.#turn ??= { blocks: [], calls: [], path }
    return this.#turn
  }

  /** Each call gets its output directly after the turn, wherever in the input that stands. */
  #endTurn(): void {
    if (!this.#turn) return
    const { blocks, calls, path } = this.#turn
    this.#turn = undefined
    // Reasoning is taken only with what it led to.
    while (isThinking(blocks.at(-1))) {
      blocks.pop()
      this.#passage.losses.add('thinking:prefix')
    }
    const ids = calls.map(({ id }) => id)
    this.#history.assistant(blocks, ids, path)
    for (const { id, index } of calls) {
      const found = this.#outputs.take(index)
      if (!found) continue
      this.#passage.losses.removedOthers(found.item, outputFields)
      const at = `${found.path}.output`
      this.#history.result(id, blocksOfContent(found.item['output'], at, this.#passage), found.path)
    }
  }
}

function isThinking(block: Block | undefined): boolean {
  return block?.['type'] === 'thinking' || block?.['type'] === 'redacted_thinking'
}
