import { namesOf } from '../json-text.ts'
import type { Protocol } from '../protocol.ts'
import { replaceEventMember, replaceMember } from '../rename.ts'
import { viewRequest } from '../request-view.ts'
import { readUpstreamFailure } from '../upstream-failure.ts'
import { chatErrorBody, chatErrorEvent } from './error-body.ts'
import { observeChat } from './observer.ts'
import { readChatReply } from './reply.ts'
import { openaiChatRequest } from './request.ts'

const modelPath = [namesOf('model')]

/** OpenAI's Chat Completions, and the many servers that speak it. */
export const openaiChatProtocol: Protocol = Object.freeze<Protocol>({
  wire: 'openai-chat',
  path: '/chat/completions',
  view: (body) => viewRequest(body, openaiChatRequest),
  readReply: readChatReply,
  renameReply: (body, model) => replaceMember(body, modelPath, Buffer.from(JSON.stringify(model))),
  /** Every chunk names the model. */
  renameEvent: (event, model) => replaceEventMember(event, modelPath, Buffer.from(JSON.stringify(model))),
  observe: observeChat,
  readFailure: (status, headers, body) => readUpstreamFailure(status, headers, body),
  errorBody: chatErrorBody,
  errorEvent: chatErrorEvent,
  ping: Buffer.from(': ping\n\n'),
})
