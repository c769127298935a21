import { SignalboxError } from '../../core/errors.ts'
import type { HttpApp } from './http-app.ts'

/** Paths that the contract promises and a later version serves: refused by name, and absent from the document. */
const road = [
  '/api/jobs',
  '/api/jobs/:id',
  '/api/feedback',
  '/api/analytics',
  '/api/rollout',
  '/api/rollout/:verb',
] as const

export function addRoadRoutes(app: HttpApp): void {
  for (const url of road) {
    const refuse = async (): Promise<never> => {
      throw new SignalboxError('not-in-this-version', `${url} is not in this version`)
    }
    app.route({
      url,
      method: ['GET', 'POST', 'DELETE'],
      schema: { hide: true },
      // Before the body is looked at: whatever was sent, this is the answer.
      onRequest: refuse,
      handler: refuse,
    })
  }
}
