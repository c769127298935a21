import { invalid, type JsonObject } from '../json-tree.ts'

/**
 * Builds the input of a Responses request: items in the order of the conversation, and for each call one output, before
 * anything else is said.
 */
export interface InputHistory {
  message(role: string, content: string | readonly JsonObject[]): void
  /** @param call an item of type function_call or custom_tool_call. */
  call(call: InputCall, path: string): void
  /** @throws SignalboxError invalid-message when no call of the turn before waits for it. */
  output(id: string, output: string | readonly JsonObject[], path: string): void
  /** Another item of the assistant's turn that is under way: it may stand between calls and leaves them open. */
  item(item: JsonObject): void
  /** The assistant's turn is over, or a new one begins: what has not been answered by now never will be. */
  closeCalls(): void
  items(): readonly JsonObject[]
}

export type InputCall = JsonObject & {
  readonly type: 'function_call' | 'custom_tool_call'
  readonly call_id: string
}

const CANCELLED = 'The call was cancelled; there is no result.'

export function createInputHistory(): InputHistory {
  const items: JsonObject[] = []
  const openCalls = new Map<string, InputCall['type']>()

  function add(type: InputCall['type'], id: string, output: string | readonly JsonObject[]): void {
    items.push({ type: `${type}_output`, call_id: id, output })
  }

  /** Calls that nobody answered are answered as cancelled: an input with a gap is refused. */
  function closeCalls(): void {
    for (const [id, type] of openCalls) add(type, id, CANCELLED)
    openCalls.clear()
  }

  return {
    closeCalls,
    item(item) {
      items.push(item)
    },
    message(role, content) {
      closeCalls()
      if (typeof content === 'string' || content.length > 0) items.push({ type: 'message', role, content })
    },
    call(call, path) {
      if (openCalls.has(call.call_id)) throw invalid(path, `calls two tools with the id "${call.call_id}"`)
      openCalls.set(call.call_id, call.type)
      items.push(call)
    },
    output(id, output, path) {
      const type = openCalls.get(id)
      if (!type) throw invalid(path, 'is the result of a call that the turn before did not make')
      openCalls.delete(id)
      add(type, id, output)
    },
    items() {
      closeCalls()
      return items
    },
  }
}
