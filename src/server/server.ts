/** One port, two planes: node:http in front, the data plane on its paths, the control plane on all others. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { composeEngine } from '../compose.ts'
import { composeObservers, type Observers } from '../compose/observers.ts'
import { composeClassifier } from '../compose/understanding.ts'
import { isLoopback } from '../config/binding.ts'
import { masked } from '../config/masked.ts'
import type { Classifier } from '../classify/classifier.ts'
import type { Config } from '../config/schema.ts'
import type { Engine } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import { hex128 } from '../core/random.ts'
import type { System } from '../core/system.ts'
import { protocols } from '../wire/catalog.ts'
import { type Access, createAccess } from './access.ts'
import { createDataPlane, wireOf } from './data-plane/data-plane.ts'
import type { ControlPlane } from './control-plane/api.ts'
import { OpenAnswers } from './open-answers.ts'
import { asksForWebSocket, refuseWebSocket } from './upgrade.ts'

/** Time to send all headers; a client that drips them holds a socket no longer. */
const HEADERS_TIMEOUT_MS = 10_000
/** Time to send the whole request. */
const REQUEST_TIMEOUT_MS = 60_000
const CHECK_INTERVAL_MS = 1_000
const HEADER_BYTES_MAX = 32 * 1024
const HEADERS_MAX = 200
/** Longer than clients keep an idle connection: the one that closes first should be the client. */
const KEEP_ALIVE_MS = 75_000

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly engine: Engine
  /** Drains: no new work, what runs may end. */
  close(): Promise<void>
}

export interface ServerOptions {
  readonly port?: number
  readonly host?: string
}

/**
 * @throws SignalboxError invalid-config for an address that needs keys, store-failed for a state file in use; Node's
 * own error (EADDRINUSE, EACCES) when the port cannot be had.
 */
export async function startServer(
  config: Config,
  system: System,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const host = options.host ?? config.server.host
  const loopback = isLoopback(host)
  if (!loopback) requireKeys(config, host)
  const engine = composeEngine(config, system)
  const access = createAccess(config.auth, loopback)
  const { bodyBytes, drainMs } = config.server
  const dataPlane = createDataPlane({ engine, system, access, bodyBytes, silenceMs: config.queue.silenceMs })
  const observers = await closingOnError(engine, () => composeObservers(config, system, engine))
  let closing: Promise<void> | undefined
  const draining = (): boolean => closing !== undefined
  const controlPlane = lazily(() =>
    loadControlPlane({
      config,
      place: { host, port: portOf(server) },
      system,
      engine,
      access,
      observers,
      loopback,
      draining,
    }),
  )

  const answers = new OpenAnswers()
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      noDelay: true,
    },
    (req, res) => {
      answers.add(res)
      if (draining()) res.setHeader('connection', 'close')
      // Proxies may be sent the whole URL; the path is what counts.
      const url = (req.url ?? '/').replace(/^https?:\/\/[^/]*/i, '')
      const mark = url.indexOf('?')
      const path = mark < 0 ? url : url.slice(0, mark)
      if (asksForWebSocket(req))
        return refuseWebSocket(res, path, protocols[wireOf(path)], hex128(system.random))
      if (dataPlane.handle(req, res, path, mark < 0 ? '' : url.slice(mark))) return
      controlPlane.get().then(
        (plane) => plane.handle(req, res),
        (error: unknown) => failClosed(res, system, error),
      )
    },
  )
  server.maxHeadersCount = HEADERS_MAX
  server.on('clientError', (error, socket: Socket) =>
    answerClientError(error, socket, answers.on(socket), system),
  )
  await closingOnError(engine, () => listen(server, options.port ?? config.server.port, host))
  // The first classification compiles the patterns: better now than in somebody's message.
  engine.classify('warm up')
  const port = portOf(server)

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    engine,
    close() {
      closing ??= shutDown({ server, system, engine, observers, answers, drainMs }, controlPlane.loaded())
      return closing
    },
  }
}

interface Running {
  readonly server: Server
  readonly system: System
  readonly engine: Engine
  readonly observers: Observers
  readonly answers: OpenAnswers
  readonly drainMs: number
}

async function shutDown(running: Running, controlPlane: Promise<ControlPlane> | undefined): Promise<void> {
  const { server, system, engine, observers, answers, drainMs } = running
  const untilMs = system.clock.now() + drainMs
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  await (await controlPlane)?.close()
  server.closeIdleConnections()
  await engine.close(drainMs)
  // What the workers have answered may still be on its way to slow readers.
  await answers.ended(system.clock, untilMs - system.clock.now())
  await observers.close()
  server.closeAllConnections()
  await closed
}

interface ControlPlaneParts {
  readonly config: Config
  /** Where the server really listens. */
  readonly place: { readonly host: string; readonly port: number }
  readonly system: System
  readonly engine: Engine
  readonly access: Access
  readonly observers: Observers
  readonly loopback: boolean
  readonly draining: () => boolean
}

async function loadControlPlane({
  config,
  place,
  system,
  observers,
  ...parts
}: ControlPlaneParts): Promise<ControlPlane> {
  const { createControlPlane } = await import('./control-plane/api.ts')
  const { decisions, traces, metrics } = observers
  return createControlPlane({
    ...parts,
    system,
    decisions,
    traces,
    metrics,
    config: masked({ ...config, server: { ...config.server, ...place } }),
    bodyBytes: config.server.bodyBytes,
    classifyWith: keepingLast((packs) => classifierOf(packs, config, system)),
  })
}

/** Packs that a caller names are the caller's: an unknown one is its mistake, not the operator's. */
function classifierOf(packs: readonly string[], config: Config, system: System): Classifier {
  try {
    return composeClassifier(packs, config, system)
  } catch (error) {
    throw new SignalboxError('invalid-message', SignalboxError.from(error).message, { path: 'packs' })
  }
}

/** Compiling packs costs milliseconds: the classifier of the last choice is kept. */
function keepingLast(
  compose: (packs: readonly string[]) => Classifier,
): (packs: readonly string[]) => Classifier {
  let last: { readonly key: string; readonly classifier: Classifier } | undefined
  return (packs) => {
    const key = JSON.stringify(packs)
    if (last?.key !== key) last = { key, classifier: compose(packs) }
    return last.classifier
  }
}

/** Loads at the first call, once; a failed load is tried again. */
function lazily<Value>(load: () => Promise<Value>): {
  get(): Promise<Value>
  loaded(): Promise<Value> | undefined
} {
  let loading: Promise<Value> | undefined
  return {
    get() {
      loading ??= load().catch((error: unknown) => {
        loading = undefined
        throw error
      })
      return loading
    },
    loaded: () => loading,
  }
}

/** A listening server has an AddressInfo; a string only for pipes. */
function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function requireKeys(config: Config, host: string): void {
  if (config.auth.keys.length > 0 && config.auth.adminToken !== undefined) return
  const sentence = `${host} can be reached from other machines: set auth.keys and auth.adminToken, or listen on 127.0.0.1.`
  throw new SignalboxError('invalid-config', sentence, { path: 'auth' })
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** What was begun before a start that fails must not keep the process alive. */
async function closingOnError<Value>(engine: Engine, start: () => Promise<Value>): Promise<Value> {
  try {
    return await start()
  } catch (error) {
    await engine.close(0)
    throw error
  }
}

/** Requests that Node's parser refuses never reach a plane: they still get a sentence. */
function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  answering: boolean,
  system: System,
): void {
  // In the middle of another answer a sentence would be taken for a part of it.
  if (!socket.writable || answering || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const known =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new SignalboxError(
          'headers-too-large',
          `the headers are too many or too long (at most ${HEADERS_MAX}, and ${HEADER_BYTES_MAX} bytes).`,
        )
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new SignalboxError('body-timeout', 'the request did not arrive in time.')
        : new SignalboxError('invalid-message', 'this is no well-formed HTTP request.', {
            hint: 'Send HTTP/1.1.',
          })
  const body = protocols.anthropic.errorBody(known, hex128(system.random))
  socket.end(
    `HTTP/1.1 ${known.httpStatus} Error\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
  )
}

function failClosed(res: ServerResponse<IncomingMessage>, system: System, error: unknown): void {
  system.log.error('the control plane could not be loaded', {
    error: error instanceof Error ? error.stack : String(error),
  })
  res
    .writeHead(500, { 'content-type': 'application/problem+json' })
    .end('{"title":"the control plane could not be loaded","status":500}')
}
