import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { Clock } from '../../src/core/clock.ts'

/**
 * A stub that bills like Anthropic's API: a prompt cache a model and workspace, by exact prefix, with five minutes of life
 * that each use renews; writes at 1.25 times the price of input; dearer bands; reasoning blocks that some other model
 * cannot read dropped unseen, and 400 in the vendor's words for what the model does not take. What it answers is told by
 * the header `x-bench-answer`, so that every model answers alike. Prices of November 2026, apart from our own cards.
 */
export interface Bill {
  readonly usd: number
  /** Reasoning blocks of other models that were dropped, those of the open turn apart. */
  readonly dropped: number
  readonly droppedInLoop: number
  readonly status: number
}

export interface Vendor {
  readonly baseUrl: string
  /** What the latest request cost. */
  readonly bill: Bill
  close(): Promise<void>
}

/** What the next answer is like; the same whoever gives it. */
export interface AnswerWish {
  readonly tool: boolean
  readonly outputTokens: number
}

interface Rates {
  readonly input: number
  readonly output: number
  readonly read: number
}

interface VendorModel extends Rates {
  readonly reads: readonly string[]
  readonly forcedTools: boolean
  readonly above?: { readonly tokens: number; readonly times: number }
}

const models: Readonly<Record<string, VendorModel>> = {
  'claude-opus-5-5': {
    input: 4,
    output: 20,
    read: 0.2,
    reads: ['claude-sonnet-5-5', 'claude-haiku-5-5'],
    forcedTools: false,
  },
  'claude-sonnet-5-5': { input: 2, output: 10, read: 0.1, reads: ['claude-haiku-5-5'], forcedTools: false },
  'claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    read: 0.01,
    reads: [],
    forcedTools: true,
    above: { tokens: 100_000, times: 5 },
  },
}

const CACHE_MS = 300_000
const LOOK_BACK_MESSAGES = 10
const CONTEXT_TOKENS = 1_000_000
const BYTES_PER_TOKEN = 4

interface Block {
  readonly type: string
  readonly signature?: string
  readonly text?: string
  readonly content?: string
}

interface VendorMessage {
  readonly role: string
  readonly content: string | readonly Block[]
}

interface VendorRequest {
  readonly model: string
  readonly max_tokens: number
  readonly system?: readonly Block[]
  readonly messages: readonly VendorMessage[]
  readonly tool_choice?: { readonly type: string }
  readonly temperature?: number
  readonly thinking?: { readonly type: string }
}

class Refusal extends Error {}

export async function startVendor(clock: Clock): Promise<Vendor> {
  const cache = new Map<string, number>()
  let bill: Bill = { usd: 0, dropped: 0, droppedInLoop: 0, status: 0 }
  let answers = 0

  function answer(request: VendorRequest, headers: IncomingHttpHeaders): object {
    const model = models[request.model]
    if (!model) throw new Refusal(`model: ${request.model}`)
    refuseUnfit(request, model)
    const seen = readable(request, model)
    const usage = cached(cache, clock.now(), `${request.model} ${String(headers['x-api-key'])}`, seen)
    if (seen.tokens > CONTEXT_TOKENS)
      throw new Refusal(`prompt is too long: ${seen.tokens} tokens > 1000000 maximum`)
    const wish = JSON.parse(String(headers['x-bench-answer'])) as AnswerWish
    const { dropped, droppedInLoop } = seen
    bill = { usd: priced(usage, wish.outputTokens, model), dropped, droppedInLoop, status: 200 }
    const number = ++answers
    const thinking = { type: 'thinking', thinking: '', signature: signature(request.model, number) }
    const text = { type: 'text', text: 'a'.repeat(Math.max(1, (wish.outputTokens - 60) * 2)) }
    const tool = { type: 'tool_use', id: `toolu_${number}`, name: 'run', input: { step: number } }
    return {
      id: `msg_${number}`,
      type: 'message',
      role: 'assistant',
      model: request.model,
      content: wish.tool ? [thinking, text, tool] : [thinking, text],
      stop_reason: wish.tool ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage: { ...usage, output_tokens: wish.outputTokens },
    }
  }

  const server = createServer((message, response) => {
    const parts: Buffer[] = []
    message.on('data', (part: Buffer) => parts.push(part))
    message.on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.setHeader('anthropic-organization-id', 'org-bench')
      response.setHeader('anthropic-workspace-id', 'workspace-bench')
      if (message.method !== 'POST') {
        response.writeHead(404).end('{}')
        return
      }
      try {
        // The bench sends what a client library would: nothing here can be of another shape.
        const request = JSON.parse(Buffer.concat(parts).toString('utf8')) as VendorRequest
        response.end(JSON.stringify(answer(request, message.headers)))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        bill = { usd: 0, dropped: 0, droppedInLoop: 0, status: 400 }
        const body = { type: 'error', error: { type: 'invalid_request_error', message: error.message } }
        response.writeHead(400).end(JSON.stringify(body))
      }
    })
  })
  const port = await listening(server)
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    get bill() {
      return bill
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
}

function refuseUnfit(
  { tool_choice, temperature, thinking, messages }: VendorRequest,
  model: VendorModel,
): void {
  if (!model.forcedTools && (tool_choice?.type === 'any' || tool_choice?.type === 'tool'))
    throw new Refusal('tool_choice: type "tool" and "any" are not supported for this model.')
  if (temperature !== undefined && temperature !== 1)
    throw new Refusal('`temperature` is deprecated for this model.')
  if (thinking?.type === 'enabled')
    throw new Refusal(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
    )
  if (messages.at(-1)?.role === 'assistant')
    throw new Refusal(
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    )
}

/** The conversation as the model sees it: without the reasoning that it cannot read. */
interface Readable {
  /** Tokens up to and with the system prompt, then up to and with each message, and a hash of all that. */
  readonly upTo: readonly { readonly tokens: number; readonly prefix: string }[]
  readonly tokens: number
  readonly dropped: number
  readonly droppedInLoop: number
}

function readable({ model: name, system = [], messages }: VendorRequest, model: VendorModel): Readable {
  const hash = createHash('sha1')
  const loopFrom = messages.findLastIndex(({ role, content }) => role === 'user' && !isToolResult(content))
  let bytes = 0
  let dropped = 0
  let droppedInLoop = 0
  const take = (text: string): void => {
    hash.update(text)
    bytes += text.length
  }
  for (const block of system) take(block.text ?? '')
  const mark = () => ({ tokens: Math.round(bytes / BYTES_PER_TOKEN), prefix: hash.copy().digest('base64') })
  const upTo = [mark()]
  for (const [index, { role, content }] of messages.entries()) {
    hash.update(role)
    const blocks: readonly Block[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content
    for (const { signature: signed, text, content: result } of blocks) {
      if (signed !== undefined && !canRead(name, model, signed)) {
        dropped++
        if (index > loopFrom) droppedInLoop++
      } else take(signed ?? text ?? result ?? 'tool')
    }
    upTo.push(mark())
  }
  return { upTo, tokens: Math.round(bytes / BYTES_PER_TOKEN), dropped, droppedInLoop }
}

function isToolResult(content: VendorMessage['content']): boolean {
  return typeof content !== 'string' && content.some(({ type }) => type === 'tool_result')
}

/** About as long as reasoning of some sixty tokens is when it is signed. */
function signature(model: string, number: number): string {
  return `${model}:${number}:`.padEnd(240, 's')
}

function canRead(name: string, model: VendorModel, signed: string): boolean {
  const writer = signed.slice(0, signed.indexOf(':'))
  return writer === name || model.reads.includes(writer)
}

interface BilledInput {
  readonly input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation_input_tokens: number
}

/**
 * Everything up to the marked message, which is the last one, is cached, and so is the system prompt. What was cached
 * before is looked for a few messages back.
 */
function cached(cache: Map<string, number>, nowMs: number, workspace: string, seen: Readable): BilledInput {
  const keyOf = (index: number): string => `${workspace} ${seen.upTo[index]?.prefix}`
  const last = seen.upTo.length - 1
  const places = [0]
  for (let index = Math.max(1, last - LOOK_BACK_MESSAGES); index <= last; index++) places.push(index)
  const warm = places.findLast((index) => (cache.get(keyOf(index)) ?? 0) > nowMs)
  const read = warm === undefined ? 0 : (seen.upTo[warm]?.tokens ?? 0)
  for (const index of [0, warm ?? 0, last]) cache.set(keyOf(index), nowMs + CACHE_MS)
  return {
    input_tokens: 0,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: seen.tokens - read,
  }
}

function priced(usage: BilledInput, outputTokens: number, model: VendorModel): number {
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens } = usage
  const all = input_tokens + cache_read_input_tokens + cache_creation_input_tokens
  const times = model.above && all > model.above.tokens ? model.above.times : 1
  const millionths =
    input_tokens * model.input +
    cache_creation_input_tokens * model.input * 1.25 +
    cache_read_input_tokens * model.read +
    outputTokens * model.output
  return (times * millionths) / 1e6
}
