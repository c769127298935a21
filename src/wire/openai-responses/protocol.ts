import { namesOf } from '../json-text.ts'
import { chatErrorBody } from '../openai-chat/error-body.ts'
import type { Protocol } from '../protocol.ts'
import { replaceEventMember, replaceMember } from '../rename.ts'
import { viewRequest } from '../request-view.ts'
import { readUpstreamFailure } from '../upstream-failure.ts'
import { responsesErrorEvent } from './error-event.ts'
import { observeResponses } from './observer.ts'
import { readResponsesReply } from './reply.ts'
import { openaiResponsesRequest } from './request.ts'

const inReply = [namesOf('model')]
const inEvent = [namesOf('response'), namesOf('model')]

/** OpenAI's Responses, without what keeps state at the vendor. */
export const openaiResponsesProtocol: Protocol = Object.freeze<Protocol>({
  wire: 'openai-responses',
  path: '/responses',
  view: (body) => viewRequest(body, openaiResponsesRequest),
  readReply: readResponsesReply,
  renameReply: (body, model) => replaceMember(body, inReply, Buffer.from(JSON.stringify(model))),
  /** Events that tell of the whole response name the model; deltas, nearly all of a stream, do not. */
  renameEvent(event, model) {
    if (event.name.endsWith('.delta')) return event.raw
    return replaceEventMember(event, inEvent, Buffer.from(JSON.stringify(model)))
  },
  observe: observeResponses,
  readFailure: (status, headers, body) => readUpstreamFailure(status, headers, body),
  errorBody: chatErrorBody,
  errorEvent: responsesErrorEvent,
  ping: Buffer.from(': ping\n\n'),
})
