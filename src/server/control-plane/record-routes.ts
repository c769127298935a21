import { SignalboxError } from '../../core/errors.ts'
import type { ControlPlaneDeps } from './deps.ts'
import type { HttpApp } from './http-app.ts'
import { decisionsQuery, idParams, noQuery } from './request-schemas.ts'
import { anyConfig, answers, decisions, traceRecord } from './response-schemas.ts'

const tags = ['records']

/** What happened: decisions, their traces, and the configuration that they were made under. */
export function addRecordRoutes(app: HttpApp, deps: ControlPlaneDeps): void {
  app.get(
    '/api/decisions',
    {
      schema: {
        tags,
        summary: 'Finished messages, newest first, without their text',
        querystring: decisionsQuery,
        response: answers(decisions),
      },
    },
    async ({ query: { limit, before } }) => ({ decisions: await deps.decisions.newest(limit, before) }),
  )

  app.get(
    '/api/traces/:id',
    {
      schema: {
        tags,
        summary: 'One message’s journey, span by span',
        params: idParams,
        querystring: noQuery,
        response: answers(traceRecord),
      },
    },
    async ({ params: { id } }) => {
      const found = deps.traces.find(id)
      if (found) return found
      throw new SignalboxError('not-found', 'no trace of this id is remembered', {
        path: 'id',
        hint: 'Only the newest traces are kept; see /api/decisions for their ids.',
      })
    },
  )

  app.get(
    '/api/config',
    {
      schema: {
        tags,
        summary: 'The configuration in force, secrets masked, and what was learned of models',
        querystring: noQuery,
        response: answers(anyConfig),
      },
    },
    async () => {
      if (deps.config !== undefined) return { ...deps.config, learned: deps.engine.learned() }
      throw new SignalboxError('not-found', 'this server runs without a configuration to show')
    },
  )
}
