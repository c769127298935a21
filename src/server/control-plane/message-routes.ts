import type { ServerResponse } from 'node:http'
import { SignalboxError } from '../../core/errors.ts'
import type { Message } from '../../core/message.ts'
import type { ControlPlaneDeps } from './deps.ts'
import type { HttpApp } from './http-app.ts'
import { classifyBody, messageBody, noQuery, routeBody } from './request-schemas.ts'
import { answers, choice, classification, reply } from './response-schemas.ts'

const tags = ['messages']

/** What a message is, where it would go, and its answer. */
export function addMessageRoutes(app: HttpApp, deps: ControlPlaneDeps): void {
  const { engine } = deps

  app.post(
    '/api/classify',
    {
      schema: {
        tags,
        summary: 'Name the class of a text, with the reasons',
        body: classifyBody,
        querystring: noQuery,
        response: answers(classification),
      },
    },
    async ({ body: { text, context, packs } }) => {
      if (packs === undefined) return engine.classify(text, context)
      return deps.classifyWith(packs).classify({ text, ...(context !== undefined && { context }) })
    },
  )

  app.post(
    '/api/route',
    {
      schema: {
        tags,
        summary: 'Explain where a message would go now; nothing is sent',
        body: routeBody,
        querystring: noQuery,
        response: answers(choice),
      },
    },
    async ({ body: { text, content, ...rest } }) =>
      engine.decide({ ...rest, content: content ?? text ?? '' }),
  )

  app.post(
    '/api/messages',
    {
      bodyLimit: deps.bodyBytes,
      schema: {
        tags,
        summary: 'Send a message and wait for its whole answer',
        body: messageBody,
        querystring: noQuery,
        response: answers(reply),
      },
    },
    async ({ body }, response) => {
      const message: Message = { ...body, signal: abortedByLeaving(response.raw) }
      const answer = await engine.send(message)
      response.header('x-signalbox-trace', answer.trace.id)
      return answer
    },
  )
}

/** Aborts when the client goes away before its answer has been written: the upstream call then ends too. */
function abortedByLeaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new SignalboxError('cancelled', 'the client went away'))
  })
  return controller.signal
}
