/** What the simulated model reads of a request, and what it refuses, in the words of Anthropic's Messages API. */

export interface SimulatedRequest {
  /** What the person wrote last; '' when the turn holds no text of theirs. */
  readonly text: string
  readonly maxTokens: number
  /** The tool that the caller forces; undefined when it may answer in words. */
  readonly forcedTool: string | undefined
  readonly inputTokens: number
}

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: SimulatedRequest }
  | { readonly kind: 'refused'; readonly message: string }

type Json = Readonly<Record<string, unknown>>

export function readRequest(body: readonly Buffer[]): ReadRequest {
  const bytes = body.length === 1 ? body[0] : Buffer.concat(body)
  const parsed = parse(bytes?.toString() ?? '')
  if (!isObject(parsed)) return refused('The request body is not a JSON object.')
  const { model, messages, max_tokens: maxTokens } = parsed
  if (typeof model !== 'string') return refused('model: Field required')
  if (!Array.isArray(messages) || messages.length === 0)
    return refused('messages: at least one message is required')
  const wrong = wrongPart(parsed, messages)
  if (wrong !== undefined) return refused(wrong)
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    return refused('max_tokens: Input should be a positive integer')
  }
  return {
    kind: 'request',
    request: {
      text: lastText(messages),
      maxTokens,
      forcedTool: forcedTool(parsed),
      inputTokens: Math.ceil((bytes?.length ?? 0) / 4),
    },
  }
}

const roles = new Set<unknown>(['user', 'assistant', 'system'])
const isContent = (value: unknown): boolean =>
  typeof value === 'string' || (Array.isArray(value) && value.every(isObject))

/** What is of the wrong type, in the vendor's words. */
function wrongPart({ system, tools }: Json, messages: readonly unknown[]): string | undefined {
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return `messages.${index}: Input should be an object`
    if (!roles.has(message['role'])) return `messages.${index}.role: Input should be 'user' or 'assistant'`
    if (!isContent(message['content']))
      return `messages.${index}.content: Input should be a string or a list of blocks`
  }
  if (system !== undefined && !isContent(system))
    return 'system: Input should be a string or a list of blocks'
  if (tools !== undefined && !(Array.isArray(tools) && tools.every(isObject)))
    return 'tools: Input should be a list'
  return undefined
}

/** The estimate that count_tokens answers with; it asks for no max_tokens. */
export function countTokens(body: readonly Buffer[]): number {
  return Math.max(1, Math.ceil(body.reduce((bytes, part) => bytes + part.length, 0) / 4))
}

function refused(message: string): ReadRequest {
  return { kind: 'refused', message }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lastText(messages: readonly unknown[]): string {
  const last = messages.findLast((message) => isObject(message) && message['role'] === 'user')
  const content = isObject(last) ? last['content'] : undefined
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  const block: unknown = content.findLast((part) => isPersonsText(part))
  return isObject(block) && typeof block['text'] === 'string' ? block['text'] : ''
}

/** Coding agents put reminders of their own among the person's blocks. */
function isPersonsText(block: unknown): boolean {
  if (!isObject(block) || block['type'] !== 'text') return false
  return typeof block['text'] === 'string' && !block['text'].startsWith('<system-reminder>')
}

function forcedTool(request: Json): string | undefined {
  const { tool_choice: choice, tools } = request
  if (!isObject(choice) || !Array.isArray(tools)) return undefined
  if (choice['type'] === 'tool' && typeof choice['name'] === 'string') return choice['name']
  const first: unknown = tools[0]
  return choice['type'] === 'any' && isObject(first) && typeof first['name'] === 'string'
    ? first['name']
    : undefined
}
