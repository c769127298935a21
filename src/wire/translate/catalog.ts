import type { Wire } from '../../core/wire.ts'
import { protocols } from '../catalog.ts'
import type { Translation } from '../translation.ts'
import { translatedError } from './failure.ts'
import { replyToAnthropic } from './chat-to-anthropic/reply.ts'
import { requestToAnthropic } from './chat-to-anthropic/request.ts'
import { streamToAnthropic } from './chat-to-anthropic/stream.ts'
import { replyToChat } from './anthropic-to-chat/reply.ts'
import { requestToChat } from './anthropic-to-chat/request.ts'
import { streamToChat } from './anthropic-to-chat/stream.ts'

const anthropic = protocols.anthropic
const chat = protocols['openai-chat']

const anthropicToChat: Translation = {
  from: 'anthropic',
  to: 'openai-chat',
  request: requestToChat,
  reply: (body, naming) => replyToAnthropic(body, naming, chat),
  stream: (naming) => streamToAnthropic(naming, { client: anthropic, worker: chat }),
  error: translatedError(anthropic),
}

const chatToAnthropic: Translation = {
  from: 'openai-chat',
  to: 'anthropic',
  request: requestToAnthropic,
  reply: replyToChat,
  stream: (naming) => streamToChat(naming, { client: chat, worker: anthropic }),
  error: translatedError(chat),
}

/** How a client of `from` speaks with a worker of `to`; undefined where both speak the same. */
export function translation(from: Wire, to: Wire): Translation | undefined {
  if (from === to) return undefined
  return from === 'anthropic' ? anthropicToChat : chatToAnthropic
}
