/**
 * The Fastify application without its routes: who may ask, what a body may be, and how a refusal looks. Access is
 * read from the route that matched, never from the path as it was written: `/%61pi/config` is `/api/config`.
 * A route that says nothing wants the control scope.
 */
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  type RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { SignalboxError } from '../../core/errors.ts'
import { hex128 } from '../../core/random.ts'
import { allowedMethods, type RouteEntry } from './allowed-methods.ts'
import type { ControlPlaneDeps } from './deps.ts'
import { guardLoopback } from '../guard.ts'
import { parseJsonBody } from './json-body.ts'
import { problemHeaders, problemOf, problemType, refusalOf } from './problem.ts'
import { predicateOf, validationRefusal } from './validation.ts'

/** The longest body of a control-plane request, POST /api/messages aside. */
const BODY_BYTES_MAX = 1024 * 1024

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that the route wants; `control` when left out. */
    access?: 'control' | 'metrics' | 'none'
  }
}

export type HttpApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

export function createHttpApp(deps: ControlPlaneDeps): HttpApp {
  const refuse = refuseWith(deps)
  const app = fastify<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger>({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestIdHeader: false,
    // While the process drains, /readyz must still say so in its own words.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: refuse,
    // Never called, since the compilers are set below; without them Fastify loads Ajv and more (3 MB, 110 modules).
    schemaController: { compilersFactory: { buildValidator: unused, buildSerializer: unused } },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validator)
  app.setSerializerCompiler(serializer)

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    try {
      done(null, parseJsonBody(body))
    } catch (error) {
      done(SignalboxError.from(error))
    }
  })

  const routes: RouteEntry[] = []
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ url, methods: Array.isArray(method) ? method : [method] })
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(commonHeaders)
    admit(deps, request)
  })
  app.addHook('preParsing', async (request) => {
    if (request.method === 'POST' && !request.is404) requireJson(request)
  })
  app.setErrorHandler(refuse)
  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(routes, request.url)
    if (allowed.length === 0) {
      return refuse(new SignalboxError('not-found', 'there is nothing at this path'), request, reply)
    }
    reply.header('allow', allowed.join(', '))
    const detail = `${request.method} is not possible here; ${allowed.join(', ')} is`
    return refuse(new SignalboxError('method-not-allowed', detail), request, reply)
  })
  return app
}

const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** @throws SignalboxError when the request may not come further than its headers. */
function admit(deps: ControlPlaneDeps, request: FastifyRequest): void {
  const refused = deps.loopback ? guardLoopback(request.headers) : undefined
  if (refused) throw refused
  // What does not exist holds nothing to protect, and is answered by the not-found handler.
  if (request.is404) return
  const { access = 'control' } = request.routeOptions.config
  const denied = access === 'none' ? undefined : deps.access[access](request.headers)
  if (denied) throw denied
}

/**
 * Also for requests without a body: a form of a foreign page can send neither this type nor ask for it without
 * a preflight, which we never answer.
 */
function requireJson({ headers }: FastifyRequest): void {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    const detail = type === '' ? 'the content-type is missing' : 'the content-type is not application/json'
    throw new SignalboxError('unsupported-media-type', detail, { path: 'content-type' })
  }
  if (encoding.toLowerCase() !== 'identity') {
    const detail = 'a compressed body is not taken'
    throw new SignalboxError('unsupported-media-type', detail, { path: 'content-encoding' })
  }
}

function refuseWith({ system }: ControlPlaneDeps) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const error = refusalOf(thrown)
    const traceId = error.domain === 'internal' ? hex128(system.random) : undefined
    if (traceId !== undefined) {
      const stack = error.cause instanceof Error ? error.cause.stack : error.stack
      system.log.error('a request of the control plane failed', {
        traceId,
        route: request.routeOptions.url,
        stack,
      })
    }
    reply
      .code(error.httpStatus)
      .headers(commonHeaders)
      .headers(problemHeaders(error))
      .type(problemType)
      .send(problemOf(error, traceId))
  }
}

function unused(): never {
  throw new SignalboxError('invariant-violated', 'the control plane has its own compilers')
}

function validator({ schema, httpPart }: { readonly schema: unknown; readonly httpPart?: string }) {
  return (data: unknown) => {
    if (!(schema instanceof z.ZodType)) return { value: data }
    // Fastify says null where there is no body at all.
    const result = schema.safeParse(data ?? undefined, { error: predicateOf })
    return result.success
      ? { value: result.data }
      : { error: validationRefusal(result.error, httpPart ?? '') }
  }
}

function serializer() {
  return (data: unknown) => JSON.stringify(data)
}
