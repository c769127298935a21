import { namesOf } from '../json-text.ts'
import type { Protocol } from '../protocol.ts'
import { replaceEventMember, replaceMember } from '../rename.ts'
import { viewRequest } from '../request-view.ts'
import { anthropicErrorBody, anthropicErrorEvent } from './error-body.ts'
import { readAnthropicFailure } from './failure.ts'
import { observeAnthropic } from './observer.ts'
import { readAnthropicReply } from './reply.ts'
import { anthropicRequest } from './request.ts'

const inReply = [namesOf('model')]
const inMessageStart = [namesOf('message'), namesOf('model')]

/** Anthropic's Messages API, streamed and not. */
export const anthropicProtocol: Protocol = Object.freeze<Protocol>({
  wire: 'anthropic',
  path: '/v1/messages',
  view: (body) => viewRequest(body, anthropicRequest),
  readReply: readAnthropicReply,
  renameReply: (body, model) => replaceMember(body, inReply, Buffer.from(JSON.stringify(model))),
  /** Only `message_start` names the model. */
  renameEvent(event, model) {
    if (event.name !== 'message_start' && event.name !== '') return event.raw
    return replaceEventMember(event, inMessageStart, Buffer.from(JSON.stringify(model)))
  },
  observe: observeAnthropic,
  readFailure: readAnthropicFailure,
  errorBody: anthropicErrorBody,
  errorEvent: anthropicErrorEvent,
  ping: Buffer.from('event: ping\ndata: {"type": "ping"}\n\n'),
})
