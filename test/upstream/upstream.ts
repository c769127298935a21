/**
 * A stub of a vendor's API on a real socket: strict about requests, obedient about replies. Tests tell it what to do
 * with each request (`script`, `enqueue`), and read from it what it was asked and who hung up.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Wire } from '../../src/core/wire.ts'
import { anthropicApi } from './anthropic-api.ts'
import { type Api, isObject, Refused } from './api.ts'
import { type Behaviour, perform } from './behaviour.ts'
import { openaiChatApi } from './openai-chat-api.ts'

export type { Behaviour } from './behaviour.ts'

/** A live record: `aborted` and `bytesSent` change while it is answered. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Of the connection it came on. */
  readonly clientPort: number | undefined
  readonly bytes: Buffer
  /** undefined when it was no JSON. */
  readonly body: unknown
  /** The client hung up before the reply was whole. */
  aborted: boolean
  bytesSent: number
}

/** Undefined: the usual answer. */
export type Script = (request: RecordedRequest, index: number) => Behaviour | undefined

export interface UpstreamOptions {
  readonly wire: Wire
  /** Behaviours for the first requests, one each, or a function of the request. */
  readonly script?: readonly Behaviour[] | Script
  /** Any other key gets 401. Without it every key is taken. */
  readonly key?: string
  /** Answers even what the real API would refuse. */
  readonly lenient?: boolean
}

export interface Upstream {
  /** What the vendor's SDK would be given. */
  readonly baseUrl: string
  readonly port: number
  /** All requests to the endpoint, oldest first; the newest thousand. */
  readonly requests: readonly RecordedRequest[]
  readonly aborted: number
  /** What to do with the next requests, one each, before the script goes on. */
  enqueue(...behaviours: readonly Behaviour[]): void
  /** What a GET on any path answers from now on; a probe looks at it. Default 404, as the real ones do. */
  setHealth(status: number): void
  /** Resolves when the condition holds; looked at whenever something happens. */
  until(condition: () => boolean): Promise<void>
  close(): Promise<void>
}

const apis: Readonly<Record<Wire, Api>> = { anthropic: anthropicApi, 'openai-chat': openaiChatApi }
const RECORDS_MAX = 1000
const usual: Behaviour = { kind: 'answer' }

export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const api = apis[options.wire]
  const requests: RecordedRequest[] = []
  const queued: Behaviour[] = typeof options.script === 'function' ? [] : [...(options.script ?? [])]
  const script = typeof options.script === 'function' ? options.script : undefined
  const waiters = new Set<() => void>()
  let aborted = 0
  let count = 0
  let health = 404

  function happened(): void {
    for (const look of waiters) look()
  }

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readAll(message)
    const { method = '', url: path = '/', headers } = message
    const [pathname = ''] = path.split('?')
    if (method !== 'POST' || !pathname.startsWith(api.endpoint)) {
      answerOther(api, method, pathname, health, response)
      return
    }
    const clientPort = message.socket.remotePort
    const record = {
      method,
      path,
      headers,
      clientPort,
      bytes,
      body: parse(bytes),
      aborted: false,
      bytesSent: 0,
    }
    requests.push(record)
    if (requests.length > RECORDS_MAX) requests.shift()
    const behaviour = refusalOf(api, record, options) ?? queued.shift() ?? script?.(record, count) ?? usual
    count++
    response.on('close', () => {
      const brokenByUs = behaviour.kind === 'reset' || behaviour.kind === 'garbage'
      if (!response.writableFinished && !brokenByUs) {
        record.aborted = true
        aborted++
      }
      happened()
    })
    happened()
    const request = isObject(record.body) ? record.body : {}
    if (pathname === `${api.endpoint}/count_tokens` && behaviour === usual) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ input_tokens: 42 }))
      return
    }
    const sent = (bytesSent: number): void => {
      record.bytesSent += bytesSent
      happened()
    }
    await perform(behaviour, { api, request, response, sent })
  }

  const server = createServer((message, response) => {
    // The client may go away at any moment: that is what many tests are about.
    answer(message, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  return {
    baseUrl: `http://127.0.0.1:${port}${api.basePath}`,
    port,
    requests,
    get aborted() {
      return aborted
    },
    enqueue: (...behaviours) => void queued.push(...behaviours),
    setHealth(status) {
      health = status
    },
    until: (condition) =>
      new Promise((resolve) => {
        function look(): void {
          if (!condition()) return
          waiters.delete(look)
          resolve()
        }
        waiters.add(look)
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The error that the real API would answer with, or undefined. */
function refusalOf(api: Api, record: RecordedRequest, options: UpstreamOptions): Behaviour | undefined {
  if (options.lenient) return undefined
  // What is counted is checked as what is answered, but for the limit of the answer.
  const counting = record.path.includes('/count_tokens') && isObject(record.body)
  try {
    if (!record.headers['content-type']?.startsWith('application/json'))
      throw new Refused(415, 'content-type: not JSON')
    api.check(record.headers, counting ? { max_tokens: 1, ...record.body } : record.body, options.key)
    return undefined
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { kind: 'error', status: error.status, message: error.message }
  }
}

function answerOther(api: Api, method: string, path: string, health: number, response: ServerResponse): void {
  const known = method === 'HEAD' || (method === 'GET' && path === '/v1/models')
  const body = known ? { object: 'list', data: [] } : api.error(health, `No such path: ${path}`)
  response.writeHead(known ? 200 : health, { 'content-type': 'application/json' })
  response.end(method === 'HEAD' ? undefined : JSON.stringify(body))
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
