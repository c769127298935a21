import type { InputItem } from './input.ts'

/** The outputs in an input, by the calls that they belong to. */
export interface Outputs {
  /** The output of the call at `index`. */
  take(index: number): InputItem | undefined
  /** Whether the output at `index` belongs to a call. */
  isTaken(index: number): boolean
}

/** Some servers number their calls anew in every turn: an output is that of the last call before it with its id. */
export function createOutputs(items: readonly InputItem[]): Outputs {
  const open = new Map<unknown, number>()
  const outputOf = new Map<number, InputItem>()
  const taken = new Set<number>()
  for (const [index, entry] of items.entries()) {
    const id = entry.item['call_id']
    if (calls.has(entry.type)) open.set(id, index)
    else if (outputs.has(entry.type)) {
      const call = open.get(id)
      if (call === undefined) continue
      open.delete(id)
      outputOf.set(call, entry)
      taken.add(index)
    }
  }
  return { take: (index) => outputOf.get(index), isTaken: (index) => taken.has(index) }
}

const calls = new Set(['function_call', 'custom_tool_call'])
const outputs = new Set(['function_call_output', 'custom_tool_call_output'])
