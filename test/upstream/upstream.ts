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
import { openaiResponsesApi } from './openai-responses-api.ts'

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
  /** What it was refused with, because the real API would refuse it. */
  readonly refusal: string | undefined
  /** Where reasoning stood that the model did not get to read, though it was answered all the same. */
  readonly reasoningLost: readonly string[]
}

/** The protocols that every test speaks. */
export type SpokenWire = Exclude<Wire, 'openai-responses'>

/** Undefined: the usual answer. */
export type Script = (request: RecordedRequest, index: number) => Behaviour | undefined

export interface UpstreamOptions {
  /** The protocol of the vendor whose host this is; OpenAI's host answers both of its own. */
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

/** What a host answers; the first is the one that the wire asks for. */
const hosts: Readonly<Record<Wire, () => readonly [Api, ...Api[]]>> = {
  anthropic: () => [anthropicApi],
  'openai-chat': () => [openaiChatApi, openaiResponsesApi()],
  'openai-responses': () => [openaiResponsesApi(), openaiChatApi],
}
const RECORDS_MAX = 1000
const usual: Behaviour = { kind: 'answer' }

export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const apis = hosts[options.wire]()
  const [{ basePath }] = apis
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
    const api = apis.find(({ endpoint }) => pathname.startsWith(endpoint))
    if (method !== 'POST' || !api) {
      answerOther(apis[0], method, pathname, health, response)
      return
    }
    const clientPort = message.socket.remotePort
    const asked = { method, path, headers, clientPort, bytes, body: parse(bytes) }
    const checked = check(api, asked, options)
    const refusal = checked.refusal?.message
    const record = { ...asked, aborted: false, bytesSent: 0, refusal, reasoningLost: checked.lost }
    requests.push(record)
    if (requests.length > RECORDS_MAX) requests.shift()
    const behaviour = checked.refusal ?? queued.shift() ?? script?.(record, count) ?? usual
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
    if (pathname === api.count?.endpoint && behaviour === usual) {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(api.count.reply))
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
    baseUrl: `http://127.0.0.1:${port}${basePath}`,
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

type Refusal = Extract<Behaviour, { kind: 'error' }>
type Asked = Pick<RecordedRequest, 'path' | 'headers' | 'body'>

/** @returns the error that the real API would answer with, if any, and what it would leave out without a word. */
function check(
  api: Api,
  { path, headers, body }: Asked,
  options: UpstreamOptions,
): { readonly refusal?: Refusal; readonly lost: readonly string[] } {
  if (options.lenient) return { lost: [] }
  // What is counted is checked as what is answered, but for the limit of the answer.
  const counting = path.includes('/count_tokens') && isObject(body)
  try {
    if (!headers['content-type']?.startsWith('application/json'))
      throw new Refused(415, 'content-type: not JSON')
    return { lost: api.check(headers, counting ? { max_tokens: 1, ...body } : body, options.key) }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { status, message, fault } = error
    return { refusal: { kind: 'error', status, message, fault }, lost: [] }
  }
}

function answerOther(api: Api, method: string, path: string, health: number, response: ServerResponse): void {
  const known = method === 'HEAD' || (method === 'GET' && path === '/v1/models')
  const body = known ? api.models : api.error(health, `No such path: ${path}`)
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
