import { SignalboxError } from '../../../core/errors.ts'
import { asObject } from '../../json-value.ts'
import type { Protocol } from '../../protocol.ts'
import type { ReplyNaming } from '../../translation.ts'
import { argumentsText } from '../chat-to-anthropic/calls.ts'
import { readReply, visibleText } from '../chat-to-anthropic/reply.ts'
import { isFailure } from '../chat-to-anthropic/stop-reason.ts'
import { isObject, type JsonObject, listIn, objectIn, textIn, writeJson } from '../json-tree.ts'
import { derivedToolId } from '../tool-ids.ts'
import { endingOf } from './ending.ts'
import {
  annotationsOf,
  callItem,
  callItemId,
  functionInput,
  type ItemCall,
  type ItemStatus,
  itemId,
  messageItem,
  type MessagePart,
  reasoningItem,
  reasoningOf,
  unwrapped,
} from './items.ts'
import { responseOf } from './response.ts'
import { chatUsageToResponses } from './usage.ts'

/** A whole Chat reply as a response. */
export function chatReplyToResponses(body: Buffer, naming: ReplyNaming, worker: Protocol): Buffer {
  const reply = readReply(body, worker)
  const choice = objectIn(listIn(reply['choices'])[0])
  const message = objectIn(choice['message'])
  const reasoning = reasoningOf(message)
  const parts = messageParts(message)
  const calls = readCalls(message, naming)
  const hasAny =
    calls.length > 0 || textIn(message['refusal']) !== '' || visibleText(message['content']) !== ''
  const finish = textIn(choice['finish_reason'])
  if (isFailure(finish)) throw new SignalboxError('worker-failed', 'the worker’s answer ended in a failure')
  const ending = endingOf(finish, hasAny)
  if (!ending) throw new SignalboxError('worker-protocol', 'the worker’s answer ended in a failure')

  const items: ((index: number, status: ItemStatus) => JsonObject)[] = []
  const { traceId } = naming
  if (reasoning !== '')
    items.push((index, status) => reasoningItem(itemId('rs', traceId, index), status, reasoning))
  if (parts.length > 0)
    items.push((index, status) => messageItem(itemId('msg', traceId, index), status, parts))
  for (const call of calls) {
    items.push((index, status) => callItem(callItemId(call.kind, traceId, index), status, call))
  }
  // What was cut was cut in the last of them.
  const output = items.map((item, index) =>
    item(index, index === items.length - 1 ? ending.status : 'completed'),
  )
  const writtenChars = calls.reduce(
    (chars, call) => chars + call.input.length,
    visibleText(message['content']).length,
  )
  const response = responseOf(naming, {
    ...ending,
    output,
    usage: chatUsageToResponses(asObject(reply['usage']), writtenChars),
    tier: textIn(reply['service_tier']),
  })
  return Buffer.from(writeJson(response, tooDeep))
}

/** White space alone is no message. */
function messageParts(message: JsonObject): readonly MessagePart[] {
  const text = visibleText(message['content'])
  const refusal = textIn(message['refusal'])
  const annotations = annotationsOf(message['annotations'])
  return [
    ...(text.trim() === '' ? [] : [{ type: 'output_text' as const, text, annotations }]),
    ...(refusal === '' ? [] : [{ type: 'refusal' as const, refusal }]),
  ]
}

/** The calls of a message that name a tool, also the one of the old form. */
function readCalls(message: JsonObject, naming: ReplyNaming): readonly ItemCall[] {
  const old = isObject(message['function_call']) ? [{ function: message['function_call'] }] : []
  return [...listIn(message['tool_calls']), ...old]
    .map((call, index) => readCall(objectIn(call), index, naming))
    .filter(({ name }) => name !== '')
}

function readCall(call: JsonObject, index: number, { traceId, customTools }: ReplyNaming): ItemCall {
  const callId = textIn(call['id']) || derivedToolId(traceId, index)
  const custom = objectIn(call['custom'])
  if (textIn(custom['name']) !== '') {
    return { kind: 'custom', callId, name: textIn(custom['name']), input: textIn(custom['input']) }
  }
  const called = objectIn(call['function'])
  const name = textIn(called['name'])
  const input = argumentsText(called['arguments'])
  if (customTools?.has(name)) return { kind: 'custom', callId, name, input: unwrapped(input) }
  return { kind: 'function', callId, name, input: functionInput(input) }
}

function tooDeep(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s answer is nested too deeply')
}
