/**
 * The data plane in the OpenAPI document, by hand: it is served without Fastify, and its bodies are the vendors' own,
 * which pass untouched. So the document names them and what we add to them, instead of repeating their references.
 */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'

type Paths = NonNullable<NonNullable<FastifyDynamicSwaggerOptions['openapi']>['paths']>

/** A new object each time: the generator adds the other paths to it. */
export function dataPlanePaths(): Paths {
  return {
    '/v1/messages': { post: endpoint('Anthropic’s Messages API', anthropicExample) },
    '/v1/messages/count_tokens': { post: counting },
    '/v1/chat/completions': { post: endpoint('OpenAI’s Chat Completions API', chatExample) },
    '/v1/responses': { post: endpoint('OpenAI’s Responses API', responsesExample) },
    '/v1/models': {
      get: {
        tags: ['data plane'],
        summary: 'What may stand in `model`',
        description: 'In Anthropic’s shape where the request has `anthropic-version`, else in OpenAI’s.',
        responses: { 200: { description: 'auto, then routes, pools and models.', content: jsonContent } },
      },
    },
  }
}

const jsonContent = { 'application/json': { schema: { type: 'object' } } } as const

const anthropicExample = {
  model: 'auto',
  max_tokens: 1024,
  messages: [{ role: 'user', content: 'Plan the route through the first gym' }],
}

const responsesExample = { model: 'auto', input: 'Plan the route through the first gym', store: false }

const counting = {
  tags: ['data plane'],
  summary: 'How long a prompt is, in Anthropic’s protocol',
  description:
    'Counted by the worker that would answer, where it can. It takes no slot and leaves no decision.',
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object' as const },
        example: { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] },
      },
    },
  },
  responses: {
    200: {
      description: '`{"input_tokens": N}`.',
      headers: {
        'x-signalbox-estimated': {
          description: 'true where nobody counted: a rough figure, from the length of the request.',
          schema: { type: 'string' as const },
        },
      },
      content: jsonContent,
    },
    default: { description: 'An error in the protocol’s envelope.', content: jsonContent },
  },
}

const chatExample = { model: 'auto', messages: anthropicExample.messages }

function endpoint(api: string, example: object) {
  return {
    tags: ['data plane'],
    summary: `${api}, streaming and not`,
    description:
      '`model`: `auto`, or the name of a route, pool or model. Unknown fields pass untouched. Errors come in the ' +
      'protocol’s own envelope.',
    parameters: askHeaders,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { type: 'object' as const }, example } },
    },
    responses: {
      200: {
        description: 'The protocol’s reply, whole or as a stream.',
        headers: replyHeaders,
        content: {
          ...jsonContent,
          'text/event-stream': { schema: { type: 'string' as const } },
        },
      },
      default: { description: 'An error in the protocol’s envelope.', content: jsonContent },
    },
  }
}

const askHeaders = [
  header('x-signalbox-class', 'Forces the class.'),
  header('x-signalbox-priority', 'critical, high, normal or low.'),
  header('x-signalbox-deadline-ms', 'Milliseconds until the answer is of no use.'),
  header('x-signalbox-session', 'The conversation that the message belongs to.'),
  header('x-signalbox-tenant', 'On whose behalf it is sent.'),
  header('x-signalbox-context', 'Facts for the classifier, as JSON.'),
]

function header(name: string, description: string) {
  return { name, in: 'header' as const, description, required: false, schema: { type: 'string' as const } }
}

const replyHeaders = Object.fromEntries(
  Object.entries({
    'x-signalbox-trace': 'The trace’s id: see /api/traces.',
    'x-signalbox-class': 'The message’s class.',
    'x-signalbox-source': 'Where the class comes from.',
    'x-signalbox-pool': 'The pool that served.',
    'x-signalbox-worker': 'The worker that served.',
    'x-signalbox-model': 'The model that served.',
    'x-signalbox-losses': 'What could not travel to that model.',
    'server-timing': 'classify, queue and upstream, in milliseconds.',
  }).map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]),
)
