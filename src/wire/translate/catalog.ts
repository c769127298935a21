import type { Wire } from '../../core/wire.ts'
import { protocols } from '../catalog.ts'
import type { Protocol } from '../protocol.ts'
import type { ReplyNaming, StreamTranslator, Translation } from '../translation.ts'
import { replyToChat } from './anthropic-to-chat/reply.ts'
import { requestToChat } from './anthropic-to-chat/request.ts'
import { streamToChat } from './anthropic-to-chat/stream.ts'
import { anthropicReplyToResponses } from './anthropic-to-responses/reply.ts'
import { anthropicRequestToResponses } from './anthropic-to-responses/request.ts'
import { anthropicStreamToResponses } from './anthropic-to-responses/stream.ts'
import { replyToAnthropic } from './chat-to-anthropic/reply.ts'
import { requestToAnthropic } from './chat-to-anthropic/request.ts'
import { streamToAnthropic } from './chat-to-anthropic/stream.ts'
import { chatReplyToResponses } from './chat-to-responses/reply.ts'
import { chatRequestToResponses } from './chat-to-responses/request.ts'
import { chatStreamToResponses } from './chat-to-responses/stream.ts'
import { translatedError } from './failure.ts'
import { responsesReplyToAnthropic } from './responses-to-anthropic/reply.ts'
import { responsesRequestToAnthropic } from './responses-to-anthropic/request.ts'
import { responsesStreamToAnthropic } from './responses-to-anthropic/stream.ts'
import { responsesReplyToChat } from './responses-to-chat/reply.ts'
import { responsesRequestToChat } from './responses-to-chat/request.ts'
import { responsesStreamToChat } from './responses-to-chat/stream.ts'
import type { Sides } from './sides.ts'

/** What a pair of protocols brings; a request goes one way and its reply the other. */
interface Parts {
  readonly request: Translation['request']
  readonly reply: (body: Buffer, naming: ReplyNaming, worker: Protocol) => Buffer
  readonly stream: (naming: ReplyNaming, sides: Sides) => StreamTranslator
}

function between(from: Wire, to: Wire, { request, reply, stream }: Parts): Translation {
  const client = protocols[from]
  const worker = protocols[to]
  return {
    from,
    to,
    request,
    reply: (body, naming) => reply(body, naming, worker),
    stream: (naming) => stream(naming, { client, worker }),
    error: translatedError(client),
  }
}

/** By the client's protocol, then the worker's. */
const translations: Readonly<Record<Wire, Readonly<Partial<Record<Wire, Translation>>>>> = {
  anthropic: {
    'openai-chat': between('anthropic', 'openai-chat', {
      request: requestToChat,
      reply: replyToAnthropic,
      stream: streamToAnthropic,
    }),
    'openai-responses': between('anthropic', 'openai-responses', {
      request: anthropicRequestToResponses,
      reply: responsesReplyToAnthropic,
      stream: responsesStreamToAnthropic,
    }),
  },
  'openai-chat': {
    anthropic: between('openai-chat', 'anthropic', {
      request: requestToAnthropic,
      reply: replyToChat,
      stream: streamToChat,
    }),
    'openai-responses': between('openai-chat', 'openai-responses', {
      request: chatRequestToResponses,
      reply: responsesReplyToChat,
      stream: responsesStreamToChat,
    }),
  },
  'openai-responses': {
    anthropic: between('openai-responses', 'anthropic', {
      request: responsesRequestToAnthropic,
      reply: anthropicReplyToResponses,
      stream: anthropicStreamToResponses,
    }),
    'openai-chat': between('openai-responses', 'openai-chat', {
      request: responsesRequestToChat,
      reply: chatReplyToResponses,
      stream: chatStreamToResponses,
    }),
  },
}

/** How a client of `from` speaks with a worker of `to`; undefined where both speak the same. */
export function translation(from: Wire, to: Wire): Translation | undefined {
  return translations[from][to]
}
