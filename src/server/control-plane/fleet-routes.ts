import { SignalboxError } from '../../core/errors.ts'
import type { ControlPlaneDeps } from './deps.ts'
import type { HttpApp } from './http-app.ts'
import { emptyBody, idParams, noQuery } from './request-schemas.ts'
import { answers, queue, worker, workers } from './response-schemas.ts'

const tags = ['fleet']

/** Who can answer, who waits, and taking a worker out of rotation. */
export function addFleetRoutes(app: HttpApp, { engine }: ControlPlaneDeps): void {
  app.get(
    '/api/workers',
    {
      schema: {
        tags,
        summary: 'Every worker with its state, breaker and slots',
        querystring: noQuery,
        response: answers(workers),
      },
    },
    async () => ({ workers: engine.workers() }),
  )

  app.get(
    '/api/queue',
    { schema: { tags, summary: 'Who waits, and how long', querystring: noQuery, response: answers(queue) } },
    async () => engine.queue(),
  )

  const rotation = [
    { verb: 'drain', draining: true, summary: 'Give the worker no new messages; what it answers goes on' },
    { verb: 'undrain', draining: false, summary: 'Give the worker messages again' },
  ]
  for (const { verb, draining, summary } of rotation) {
    app.post(
      `/api/workers/:id/${verb}`,
      {
        schema: {
          tags,
          summary,
          params: idParams,
          querystring: noQuery,
          body: emptyBody,
          response: answers(worker),
        },
      },
      async ({ params: { id } }) => {
        workerOf(id)
        engine.drain(id, draining)
        return workerOf(id)
      },
    )
  }

  function workerOf(id: string) {
    const found = engine.workers().find((one) => one.id === id)
    if (found) return found
    throw new SignalboxError('not-found', 'no worker has this id', {
      path: 'id',
      hint: 'See /api/workers for those that exist.',
    })
  }
}
