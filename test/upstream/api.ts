import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export type Json = Readonly<Record<string, unknown>>

/** What the stub answers, in words that both protocols have. */
export interface Answer {
  readonly text?: string
  /** What the model thought before it answered. Chat Completions has no place for it. */
  readonly thinking?: string
  readonly tools?: readonly { readonly id?: string; readonly name: string; readonly input: unknown }[]
  /** In the protocol's own word; default end_turn or tool_use, stop or tool_calls. */
  readonly stopReason?: string
  readonly usage?: { readonly input?: number; readonly output?: number; readonly cacheRead?: number }
}

/** One vendor's protocol, as its server sees it. */
export interface Api {
  /** The path of the base URL that the vendor's SDK is given. */
  readonly basePath: string
  readonly endpoint: string
  /** Where the same request is only counted, and what is answered there. */
  readonly count?: { readonly endpoint: string; readonly reply: Json }
  /** What it answers when it is asked for its models. */
  readonly models: Json
  /**
   * @returns where reasoning stood that the model did not get to read, though nothing was refused.
   * @throws Refused for what the real API would refuse.
   */
  check(headers: IncomingHttpHeaders, body: unknown, key: string | undefined): readonly string[]
  whole(answer: Answer, request: Json): Json
  /** The stream's events, the protocol's own end last. */
  events(answer: Answer, request: Json): readonly string[]
  error(status: number, message?: string, type?: string, fault?: Fault): Json
  errorEvent(message?: string, type?: string): string
}

/** What OpenAI's errors say beside their message. */
export interface Fault {
  readonly param?: string
  readonly code?: string
}

export class Refused extends Error {
  readonly status: number
  readonly fault: Fault
  constructor(status: number, message: string, fault: Fault = {}) {
    super(message)
    this.status = status
    this.fault = fault
  }
}

export function refuse(message: string, fault?: Fault): never {
  throw new Refused(400, message, fault)
}

/** Refuses with `message` unless the condition holds. */
export function must(condition: boolean, message: string, fault?: Fault): asserts condition {
  if (!condition) refuse(message, fault)
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(value: unknown, path: string): Json {
  if (!isObject(value)) refuse(`${path}: should be an object`)
  return value
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) refuse(`${path}: should be a list`)
  return value
}

export function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') refuse(`${path}: should be a non-empty string`)
  return value
}

/** Fields of the other vendor's protocol: the sign of a translation that lets something through. */
export function noneOf(body: Json, foreign: readonly string[]): void {
  for (const name of foreign) must(!(name in body), `${name}: Extra inputs are not permitted`)
}

export function inRange(value: unknown, min: number, max: number, path: string): void {
  if (value === undefined || value === null) return
  must(
    typeof value === 'number' && value >= min && value <= max,
    `${path}: should be between ${min} and ${max}`,
  )
}

/** Another history has another answer, with another id; the same history always has the same. */
export function idOf(request: Json): string {
  const history = JSON.stringify(request['messages'] ?? request['input'] ?? null)
  return createHash('sha256').update(history).digest('hex').slice(0, 12)
}

/** A word with the space before it is a token here. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? []
}
