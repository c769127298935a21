import type { Feed } from './feed.ts'
import type { HttpApp } from './http-app.ts'
import { noQuery } from './request-schemas.ts'
import { answersAs, feedEvent } from './response-schemas.ts'

/** `GET /api/events`. No HEAD: it would never end. */
export function addFeedRoute(app: HttpApp, feed: Feed): void {
  app.get(
    '/api/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['records'],
        summary: 'What happens, as server-sent events',
        description:
          'Begins with a snapshot and gives one each second. A listener that does not read is cut off at 1 MiB unread.',
        querystring: noQuery,
        response: answersAs('text/event-stream', feedEvent),
      },
    },
    (_request, reply) => {
      const refused = feed.attach(reply.raw)
      if (refused) throw refused
      reply.hijack()
    },
  )
}
