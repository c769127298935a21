/**
 * The OpenAPI document and its UI: a twin of the application with the same routes, which only /openapi.json and /docs
 * ever reach. It is built when somebody first asks, because Swagger costs memory that an idle gateway need not hold.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ControlPlaneDeps } from './deps.ts'
import type { Feed } from './feed.ts'
import { createHttpApp, type HttpApp } from './http-app.ts'
import type { Asset } from './page.ts'
import { addRoutes } from './routes.ts'

interface Docs {
  handle(request: IncomingMessage, response: ServerResponse): void
  close(): Promise<void>
}

async function createDocs(deps: ControlPlaneDeps, feed: Feed, logo: Asset | undefined): Promise<Docs> {
  const [{ default: swagger }, { default: swaggerUi }, { documentOptions }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
    import('./document.ts'),
  ])
  const twin = createHttpApp(deps)
  await twin.register(swagger, documentOptions())
  await twin.register(swaggerUi, {
    routePrefix: '/docs',
    ...(logo && { logo: { type: logo.type, content: logo.body, href: '/' } }),
    theme: { title: 'Signalbox API' },
    uiConfig: { docExpansion: 'list', deepLinking: true, validatorUrl: null },
    staticCSP: policy,
  })
  addRoutes(twin, deps, feed)
  twin.get('/openapi.json', { schema: { hide: true } }, async () => twin.swagger())
  await twin.ready()
  return { handle: twin.routing, close: () => twin.close() }
}

/** The UI is served from here and asks nobody else; it needs its inline styles. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'; object-src 'none'"

/** The routes that lead to the twin; it is made at the first request, and made anew after a failure. */
export function addDocsRoutes(
  app: HttpApp,
  deps: ControlPlaneDeps,
  feed: Feed,
  logo: Asset | undefined,
): void {
  let docs: Promise<Docs> | undefined

  for (const url of ['/openapi.json', '/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      docs ??= createDocs(deps, feed, logo).catch((error: unknown) => {
        docs = undefined
        throw error
      })
      const ready = await docs
      reply.hijack()
      ready.handle(request.raw, reply.raw)
    })
  }
  app.addHook('onClose', () =>
    docs?.then(
      (ready) => ready.close(),
      () => {},
    ),
  )
}
