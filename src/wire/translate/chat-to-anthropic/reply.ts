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
import { safeguardResults } from '../safeguards.ts'
import { StopScanner } from '../stop-scanner.ts'
import { anthropicToolId, derivedToolId } from '../tool-ids.ts'
import { argumentsText, callBlocks } from './calls.ts'
import { isFailure, stopOf } from './stop-reason.ts'
import { usageToAnthropic } from './usage.ts'

/** A whole Chat reply as an Anthropic message. Reasoning stays behind: it carries no signature of Anthropic's. */
export function replyToAnthropic(body: Buffer, naming: ReplyNaming, worker: Protocol): Buffer {
  const reply = readReply(body, worker)
  const choice = objectIn(listIn(reply['choices'])[0])
  const message = objectIn(choice['message'])
  const scanner = new StopScanner(naming.stopSequences ?? [])
  const text = scanner.push(visibleText(message['content']) + textIn(message['refusal'])) + scanner.flush()
  // Nothing counts after a stop sequence.
  const isStopped = scanner.hit !== undefined
  const refusal = isStopped ? '' : textIn(message['refusal'])
  const calls = isStopped ? [] : readCalls(message, naming)
  const content = [
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...calls.flatMap(({ id, name, text: written }) => callBlocks(id, name, written)),
  ]
  const finish = textIn(choice['finish_reason'])
  const stopText = typeof choice['stop_reason'] === 'string' ? choice['stop_reason'] : undefined
  if (isFailure(finish)) throw new SignalboxError('worker-failed', 'the worker’s answer ended in a failure')
  const stop = stopOf({
    finish: isStopped ? 'stop' : finish,
    stopText: scanner.hit ?? stopText,
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
    ...safeguardResults(naming),
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
function readCalls(message: JsonObject, { traceId, toolNames }: ReplyNaming): readonly ReplyCall[] {
  const old = isObject(message['function_call']) ? [{ function: message['function_call'] }] : []
  return [...listIn(message['tool_calls']), ...old].map(objectIn).flatMap((call, index) => {
    const called = objectIn(call['function'])
    const name = textIn(called['name'])
    if (name === '') return []
    const id = textIn(call['id'])
    return [
      {
        id: id === '' ? derivedToolId(traceId, index) : anthropicToolId(id),
        name: toolNames?.get(name) ?? name,
        text: argumentsText(called['arguments']),
      },
    ]
  })
}

export function readReply(body: Buffer, worker: Protocol): JsonObject {
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
