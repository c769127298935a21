import { SignalboxError } from '../../../core/errors.ts'
import { asObject } from '../../json-value.ts'
import type { Protocol } from '../../protocol.ts'
import type { ReplyNaming } from '../../translation.ts'
import {
  isGiven,
  isObject,
  type JsonObject,
  listIn,
  objectIn,
  parseExact,
  textIn,
  writeJson,
} from '../json-tree.ts'
import { anthropicToolId, derivedToolId } from '../tool-ids.ts'
import { argumentsText, callBlocks } from './calls.ts'
import { stopOf } from './stop-reason.ts'
import { usageToAnthropic } from './usage.ts'

/** A whole Chat reply as an Anthropic message. Reasoning stays behind: it carries no signature of Anthropic's. */
export function replyToAnthropic(body: Buffer, naming: ReplyNaming, worker: Protocol): Buffer {
  const reply = readReply(body, worker)
  const choice = objectIn(listIn(reply['choices'])[0])
  const message = objectIn(choice['message'])
  const refusal = textIn(message['refusal'])
  const text = visibleText(message['content']) + refusal
  const calls = readCalls(message, naming.traceId)
  const content = [
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...calls.flatMap(({ id, name, text: written }) => callBlocks(id, name, written)),
  ]
  const stop = stopOf({
    finish: textIn(choice['finish_reason']),
    stopText: typeof choice['stop_reason'] === 'string' ? choice['stop_reason'] : undefined,
    refusal,
    hasCalls: calls.length > 0,
    hasText: text !== '',
  })
  if (!stop) throw new SignalboxError('worker-protocol', 'the worker’s answer ended in a failure')
  const writtenChars = calls.reduce((chars, call) => chars + call.text.length, text.length)
  const result = {
    id: `msg_${naming.traceId}`,
    type: 'message',
    role: 'assistant',
    model: naming.asked,
    content,
    ...stop,
    usage: usageToAnthropic(asObject(reply['usage']), writtenChars),
  }
  return Buffer.from(writeJson(result, () => noReply()))
}

/** What is to be read of a message's content: a string, or parts of which some are reasoning. */
export function visibleText(content: unknown): string {
  if (typeof content === 'string') return content
  let text = ''
  for (const part of listIn(content).map(objectIn)) {
    if (part['type'] === 'text') text += textIn(part['text'])
    else if (part['type'] === 'refusal') text += textIn(part['refusal'])
  }
  return text
}

interface ReplyCall {
  readonly id: string
  readonly name: string
  readonly text: string
}

/** The calls of a message that name a tool, also the one of the old form. */
function readCalls(message: JsonObject, traceId: string): readonly ReplyCall[] {
  const old = isObject(message['function_call']) ? [{ function: message['function_call'] }] : []
  return [...listIn(message['tool_calls']), ...old].map(objectIn).flatMap((call, index) => {
    const called = objectIn(call['function'])
    const name = textIn(called['name'])
    if (name === '') return []
    const id = textIn(call['id'])
    return [
      {
        id: id === '' ? derivedToolId(traceId, index) : anthropicToolId(id),
        name,
        text: argumentsText(called['arguments']),
      },
    ]
  })
}

function readReply(body: Buffer, worker: Protocol): JsonObject {
  let value: unknown
  try {
    value = parseExact(body.toString('utf8'))
  } catch (cause) {
    throw noReply(cause)
  }
  // Some servers answer 200 and tell of the failure in the body.
  if (isObject(value) && isGiven(value['error'])) {
    const { code, message, retryAfterMs } = worker.readFailure(200, {}, body)
    throw new SignalboxError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
  if (!isObject(value) || !isObject(objectIn(listIn(value['choices'])[0])['message'])) throw noReply()
  return value
}

function noReply(cause?: unknown): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s answer is no Chat Completions reply', { cause })
}
