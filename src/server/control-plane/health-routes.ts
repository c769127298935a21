import { z } from 'zod'
import type { ControlPlaneDeps } from './deps.ts'
import type { HttpApp } from './http-app.ts'
import { alive, answers, answersAs, readiness } from './response-schemas.ts'

const tags = ['health']

/** For whoever watches the process: is it there, can it serve, what are its figures. */
export function addHealthRoutes(app: HttpApp, deps: ControlPlaneDeps): void {
  const { engine, metrics } = deps

  app.get(
    '/healthz',
    {
      config: { access: 'none' },
      schema: { tags, summary: 'The process answers', response: answers(alive) },
    },
    async () => ({ ok: true }),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'none' },
      schema: {
        tags,
        summary: 'A message could be answered now',
        response: { ...answers(readiness), 503: { description: 'Not now.', content: readinessContent } },
      },
    },
    async (_request, reply) => {
      const draining = deps.draining?.() === true
      const ready = engine.ready() && !draining
      if (!ready) reply.code(503).header('retry-after', '1')
      return { ready, mode: engine.mode(), ...(draining && { draining }) }
    },
  )

  app.get(
    '/metrics',
    {
      config: { access: 'metrics' },
      schema: {
        tags,
        summary: 'Figures in Prometheus’ text format',
        response: answersAs('text/plain', z.string()),
      },
    },
    async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()),
  )
}

const readinessContent = { 'application/json': { schema: readiness } }
