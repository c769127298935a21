/** The LLM protocols: bytes in, the engine, bytes out. node:http without a framework: each layer costs a third here. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ask, Engine } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import { hex128 } from '../../core/random.ts'
import type { System } from '../../core/system.ts'
import type { Wire } from '../../core/wire.ts'
import { COUNT_PATH } from '../../wire/anthropic/token-count.ts'
import { claudeCodeProtocol } from '../../wire/anthropic/claude-code-protocol.ts'
import { protocols } from '../../wire/catalog.ts'
import { isClaudeCode } from '../../wire/claude-code.ts'
import type { Protocol } from '../../wire/protocol.ts'
import type { Access } from '../access.ts'
import { readBody } from './body.ts'
import { writeCount } from './count.ts'
import { BodyBudget } from './body-budget.ts'
import { clampPriority, passedOn, wishesOf } from './headers.ts'
import { writeModels } from './models.ts'
import { respond, writeError } from './respond.ts'

export interface DataPlaneOptions {
  readonly engine: Engine
  readonly system: System
  readonly access: Access
  readonly bodyBytes: number
  readonly silenceMs: number
}

export interface DataPlane {
  /** @returns false when the path is none of the data plane's. */
  handle(req: IncomingMessage, res: ServerResponse, path: string, query: string): boolean
}

interface Request {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly path: string
  readonly query: string
  readonly wire: Wire
  /** It asks for the models rather than for an answer. */
  readonly listing: boolean
  readonly traceId: string
}

/** So many bodies of the greatest length may be under way at once; shorter ones in proportion. */
const BODIES_MAX = 32

const endpoints: Readonly<Record<string, Wire>> = {
  '/v1/messages': 'anthropic',
  [COUNT_PATH]: 'anthropic',
  '/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
}

/** The protocol that a path is served in; Anthropic's for paths of none. */
export function wireOf(path: string): Wire {
  return endpoints[path] ?? 'anthropic'
}

export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { system } = options
  const limits = { bytesMax: options.bodyBytes, budget: new BodyBudget(options.bodyBytes * BODIES_MAX) }

  return {
    handle(req, res, path, query) {
      if (path === '/api/hello' || (req.method === 'HEAD' && path === '/')) {
        res.writeHead(200).end()
        return true
      }
      const listing = path === '/v1/models' || path.startsWith('/v1/models/')
      const wire = endpoints[path] ?? (listing ? listingWire(req) : undefined)
      if (!wire) return path.startsWith('/v1/') ? refuseUnknown(res, path) : false
      const traceId = hex128(system.random)
      void handled({ req, res, path, query, wire, listing, traceId }).catch((error: unknown) => {
        const known = ofHeader(SignalboxError.from(error))
        if (known.code === 'invariant-violated')
          system.log.error('a request failed inside', { traceId, error: describe(known) })
        writeError(res, known, protocolFor(wire, req), traceId)
      })
      return true
    },
  }

  function refuseUnknown(res: ServerResponse, path: string): true {
    const offered = [...Object.keys(endpoints), '/v1/models'].join(', ')
    const error = new SignalboxError(
      'not-found',
      `there is no ${path.slice(0, 100)} here; offered: ${offered}.`,
    )
    writeError(res, error, protocols.anthropic, hex128(system.random))
    return true
  }

  async function handled({ req, res, path, query, wire, listing, traceId }: Request): Promise<void> {
    const caller = options.access.data(req.headers)
    if (listing) return writeModels(req, res, path, wire, options.engine)
    if (req.method !== 'POST') {
      res.setHeader('allow', 'POST')
      throw new SignalboxError('method-not-allowed', `${path} takes POST.`)
    }
    const wishes = wishesOf(req.headers)
    const body = await readBody(req, res, limits)
    const ask: Ask = {
      traceId,
      wire,
      body,
      query,
      headers: passedOn(req.headers),
      ...wishes,
      priority: clampPriority(wishes.priority, caller.priorityMax),
      ...(caller.credentials && { credentials: caller.credentials }),
      ourKey: caller.ours,
      ...(caller.name !== undefined && { tenant: tenantOf(caller.name, wishes.tenant) }),
    }
    if (path === COUNT_PATH) return writeCount(res, ask, options.engine, traceId)
    const journey = options.engine.start(ask)
    res.on('close', () => {
      if (!res.writableFinished) journey.cancel(new SignalboxError('cancelled', 'the caller went away.'))
    })
    await respond(res, journey, protocolFor(wire, req), { clock: system.clock, silenceMs: options.silenceMs })
  }
}

/** What the engine says of a class it says of our header. */
function ofHeader(error: SignalboxError): SignalboxError {
  if (error.path !== 'class') return error
  const path = 'x-signalbox-class'
  return new SignalboxError(error.code, `header ${path}: ${error.message}`, { path })
}

/** A key's tenants lie below its name: no caller gets into another's by naming it. */
function tenantOf(key: string, wished: string | undefined): string {
  return wished === undefined ? key : `${key}/${wished}`
}

/** Claude Code reads some refusals in words of its own. */
function protocolFor(wire: Wire, { headers }: IncomingMessage): Protocol {
  return wire === 'anthropic' && isClaudeCode(headers) ? claudeCodeProtocol : protocols[wire]
}

function listingWire(req: IncomingMessage): Wire {
  return req.headers['anthropic-version'] === undefined ? 'openai-chat' : 'anthropic'
}

/** The cause for the operator's log: where in our code, without the message's text. */
function describe(error: SignalboxError): string {
  const { cause } = error
  return cause instanceof Error ? (cause.stack ?? cause.message) : error.message
}
