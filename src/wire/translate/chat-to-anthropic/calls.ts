import { SignalboxError } from '../../../core/errors.ts'
import { isObject, type JsonObject, parseExact, writeJson } from '../json-tree.ts'

/**
 * Arguments of a call as a model wrote them. Models do write what is no JSON: then the call goes on without arguments,
 * so that the tool refuses it, and a note shows the model what it wrote. What is no object cannot be an input.
 */
export type Arguments =
  | { readonly kind: 'object'; readonly input: JsonObject }
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' }

const NOTE_CHARS_MAX = 500
/** The depth that requests may have: what is deeper would be refused when the client sends it back. */
const DEPTH_MAX = 512

export function readArguments(text: string): Arguments {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === 'null') return { kind: 'none' }
  if (nesting(trimmed) > DEPTH_MAX) return { kind: 'invalid' }
  try {
    const input = parseExact(trimmed)
    return isObject(input) ? { kind: 'object', input } : { kind: 'invalid' }
  } catch {
    return { kind: 'invalid' }
  }
}

/** Some servers give an object where the protocol has its text. @throws SignalboxError worker-protocol. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) ? writeJson(value, tooDeep) : ''
}

function tooDeep(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s tool arguments are nested too deeply')
}

export function noteOn(name: string, text: string): string {
  const shown = text.length > NOTE_CHARS_MAX ? `${text.slice(0, NOTE_CHARS_MAX)}…` : text
  return `[The arguments of the call to ${name} were no JSON object: ${shown}]`
}

/** One call as blocks: the call, and where its arguments could not be read, the note. */
export function callBlocks(id: string, name: string, argumentsOfCall: string): readonly JsonObject[] {
  const read = readArguments(argumentsOfCall)
  const call = { type: 'tool_use', id, name, input: read.kind === 'object' ? read.input : {} }
  return read.kind === 'invalid' ? [call, { type: 'text', text: noteOn(name, argumentsOfCall) }] : [call]
}

/** The deepest that brackets are open at once, outside of strings. */
function nesting(text: string): number {
  const scanner = new ArgumentScanner()
  scanner.add(text)
  return scanner.deepest
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Follows JSON that comes in pieces, just closely enough to know when its outermost brackets are closed. Each
 * character is looked at once.
 */
export class ArgumentScanner {
  #depth = 0
  #inString = false
  #escaped = false
  /** The outermost bracket has been closed. */
  complete = false
  deepest = 0

  add(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (code === BACKSLASH) this.#escaped = true
        else if (code === QUOTE) this.#inString = false
      } else if (code === QUOTE) this.#inString = true
      else if (code === 0x7b || code === 0x5b) {
        this.#depth++
        if (this.#depth > this.deepest) this.deepest = this.#depth
      } else if (code === 0x7d || code === 0x5d) {
        this.#depth--
        if (this.#depth === 0) this.complete = true
      }
    }
  }
}
