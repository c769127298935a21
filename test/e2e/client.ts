/** What an application does with a model, whichever library it uses. */
export interface Client {
  readonly name: string
  /** Where the gateway is asked. */
  readonly path: '/v1/messages' | '/v1/chat/completions' | '/v1/responses'
  /** Asks, runs the tools that are called until no more are, and tells what came of it. @throws the library's error. */
  ask(asked: Asked): Promise<Said>
  /** The HTTP status in an error of the library. */
  statusOf(error: unknown): number | undefined
}

export interface Asked {
  /** The gateway's, without a path. */
  readonly url: string
  readonly text: string
  readonly stream: boolean
  /** A PNG in base64. */
  readonly image?: string
  /** What each tool answers. */
  readonly tools?: Readonly<Record<string, (at: string) => string>>
  /** The answer is an object with the string field `word`. */
  readonly structured?: boolean
  readonly signal?: AbortSignal
}

export interface Said {
  readonly text: string
  /** All calls, in the order in which they came. */
  readonly calls: readonly Called[]
}

export interface Called {
  readonly name: string
  readonly at: string
}

export const toolSchema = {
  type: 'object' as const,
  properties: { at: { type: 'string' as const } },
  required: ['at'],
  additionalProperties: false,
}

export const wordSchema = {
  type: 'object' as const,
  properties: { word: { type: 'string' as const } },
  required: ['word'],
  additionalProperties: false,
}

/** A loop of tools that never ends is a failure of the test. */
export const STEPS_MAX = 6

/** The status that an error carries in one of its fields, or in one of its cause. */
export function statusIn(error: unknown, field: 'status' | 'statusCode'): number | undefined {
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = Reflect.get(at, 'cause')) {
    const value: unknown = Reflect.get(at, field)
    if (typeof value === 'number') return value
  }
  return undefined
}

/** Runs the tool that is called, and writes the call down. */
export function callOf(asked: Asked, calls: Called[], name: string, input: unknown): string {
  const at = typeof input === 'object' && input !== null ? String(Reflect.get(input, 'at')) : String(input)
  calls.push({ name, at })
  const tool = asked.tools?.[name]
  if (!tool) throw new Error(`no tool ${name}`)
  return tool(at)
}
