import type { Capability } from '../../core/capability.ts'
import { SignalboxError } from '../../core/errors.ts'
import { isTooDeep } from '../json-depth.ts'
import { asObject, type JsonObject } from '../json-value.ts'

/**
 * Trees that JSON.parse gives, read with care: nothing is trusted to be there or to be of its type. The readers are for
 * requests and throw `invalid-message` with the path; replies are read leniently with `objectIn` and its like.
 */
export type { JsonObject }

/**
 * JSON.parse, but that whole numbers too large for a double keep their digits when they are written again: ids in tool
 * arguments are such. The digits are searched for first, because a reviver makes parsing several times slower.
 * @throws SyntaxError also for what is nested deeper than anyone means it.
 */
export function parseExact(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError('the JSON is nested too deeply')
  return parseDigits(text)
}

function parseDigits(text: string): unknown {
  return MANY_DIGITS.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
}

const MANY_DIGITS = /\d{16}/

// The language has JSON.rawJSON and the reviver's third argument; TypeScript's library does not know them yet.
const rawJson = (JSON as unknown as { rawJSON(this: void, text: string): unknown }).rawJSON

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !context?.source) return value
  return WHOLE_NUMBER.test(context.source) ? rawJson(context.source) : value
}

const WHOLE_NUMBER = /^-?\d+$/

/**
 * Body of a request; how deep it is was looked at when its view was made.
 * @throws SignalboxError malformed-json, invalid-message.
 */
export function readRequest(body: Buffer): JsonObject {
  let value: unknown
  try {
    value = parseDigits(body.toString('utf8'))
  } catch (cause) {
    throw new SignalboxError('malformed-json', 'the body is not JSON', { cause })
  }
  return objectAt(value, 'body')
}

/** Bytes of a request for a worker. What came nested in a string can be deeper than the body itself may be. */
export function writeRequest(value: JsonObject): Buffer {
  return Buffer.from(
    writeJson(value, () => new SignalboxError('invalid-message', 'the request is nested too deeply')),
  )
}

/** @param tooDeep what to throw when the value is nested deeper than the stack allows. */
export function writeJson(value: unknown, tooDeep: () => SignalboxError): string {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep()
    throw cause
  }
}

export function isObject(value: unknown): value is JsonObject {
  return asObject(value) !== undefined
}

/** Both protocols read null as a field that is left out. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

export function objectIn(value: unknown): JsonObject {
  return asObject(value) ?? NOTHING
}

const NOTHING: JsonObject = Object.freeze({})

export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A whole number of tokens or the like; 0 when it is none. */
export function countIn(value: unknown): number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value) ? Math.floor(value) : 0
}

export function invalid(path: string, problem: string): SignalboxError {
  return new SignalboxError('invalid-message', `${path} ${problem}`, { path })
}

/** What the other protocol cannot say, and what must not be left out silently. */
export function untranslatable(path: string, problem: string, lacks?: Capability): SignalboxError {
  return new SignalboxError('untranslatable', `${path}: ${problem}`, { path, lacks })
}

export function objectAt(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw invalid(path, 'must be an object')
  return value
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(path, 'must be an array')
  return value
}

export function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalid(path, 'must be a string')
  return value
}

export function numberAt(value: unknown, path: string): number {
  if (typeof value !== 'number') throw invalid(path, 'must be a number')
  return value
}

export function wholeNumberAt(value: unknown, path: string): number {
  if (!Number.isSafeInteger(value)) throw invalid(path, 'must be a whole number')
  // isSafeInteger is true for numbers only.
  return value as number
}

export function flagAt(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw invalid(path, 'must be true or false')
  return value
}
