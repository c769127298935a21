/** The LLM protocols: bytes in, the engine, bytes out. node:http without a framework: each layer costs a third here. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ask, Engine, Journey } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import { hex128 } from '../../core/random.ts'
import type { System } from '../../core/system.ts'
import type { Wire } from '../../core/wire.ts'
import { protocols } from '../../wire/catalog.ts'
import type { Access } from '../access.ts'
import { readBody } from './body.ts'
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
  '/v1/chat/completions': 'openai-chat',
}
/** Endpoints of the protocols that this version does not serve; clients do without when told politely. */
const later: Readonly<Record<string, Wire>> = {
  '/v1/messages/count_tokens': 'anthropic',
  '/v1/responses': 'openai-chat',
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
      const wire = endpoints[path] ?? later[path] ?? (listing ? listingWire(req) : undefined)
      if (!wire) return path.startsWith('/v1/') ? refuseUnknown(res, path) : false
      const traceId = hex128(system.random)
      void handled({ req, res, path, query, wire, listing, traceId }).catch((error: unknown) => {
        const known = SignalboxError.from(error)
        if (known.code === 'invariant-violated')
          system.log.error('a request failed inside', { traceId, error: describe(known) })
        writeError(res, known, protocols[wire], traceId)
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
    if (later[path]) throw new SignalboxError('not-in-this-version', `${path} is not in this version.`)
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
    const journey = begin(ask)
    res.on('close', () => {
      if (!res.writableFinished) journey.cancel(new SignalboxError('cancelled', 'the caller went away.'))
    })
    await respond(res, journey, protocols[wire], { clock: system.clock, silenceMs: options.silenceMs })
  }

  /** What the engine says of a class it says of our header. */
  function begin(ask: Ask): Journey {
    try {
      return options.engine.start(ask)
    } catch (error) {
      if (!SignalboxError.is(error) || error.path !== 'class') throw error
      const path = 'x-signalbox-class'
      throw new SignalboxError(error.code, `header ${path}: ${error.message}`, { path })
    }
  }
}

/** A key's tenants lie below its name: no caller gets into another's by naming it. */
function tenantOf(key: string, wished: string | undefined): string {
  return wished === undefined ? key : `${key}/${wished}`
}

function listingWire(req: IncomingMessage): Wire {
  return req.headers['anthropic-version'] === undefined ? 'openai-chat' : 'anthropic'
}

/** The cause for the operator's log: where in our code, without the message's text. */
function describe(error: SignalboxError): string {
  const { cause } = error
  return cause instanceof Error ? (cause.stack ?? cause.message) : error.message
}
