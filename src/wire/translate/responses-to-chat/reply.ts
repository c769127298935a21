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
import { finishReasonOf } from './finish-reason.ts'
import { callOf, createMessageText, messageParts, type MessageText } from './output-items.ts'
import { responsesUsageToChat } from './usage.ts'

/** A whole response as a Chat reply. Reasoning and what the worker's own tools did stay behind: Chat has no place. */
export function responsesReplyToChat(body: Buffer, naming: ReplyNaming, worker: Protocol): Buffer {
  const response = readResponse(body, worker)
  const { text, calls, inputChars } = readOutput(response['output'], naming)
  const { content, refusal, annotations } = text
  const hasCalls = calls.length > 0
  const hasAny = hasCalls || content !== '' || refusal !== ''
  const finish = text.isStopped ? 'stop' : finishReasonOf(response, { hasCalls, hasAny })
  if (finish === undefined)
    throw new SignalboxError('worker-protocol', 'the worker’s response is not an answer')
  const message = {
    role: 'assistant',
    content: content === '' && (hasCalls || refusal !== '') ? null : content,
    refusal: refusal === '' ? null : refusal,
    ...(annotations.length > 0 && { annotations }),
    ...(hasCalls && { tool_calls: calls }),
  }
  const tier = textIn(response['service_tier'])
  const writtenChars = content.length + refusal.length + inputChars
  const completion = {
    id: `chatcmpl-${naming.traceId}`,
    object: 'chat.completion',
    created: naming.createdS,
    model: naming.asked,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: responsesUsageToChat(asObject(response['usage']), writtenChars),
    ...(tier !== '' && { service_tier: tier }),
  }
  return Buffer.from(writeJson(completion, () => noReply()))
}

interface Output {
  readonly text: MessageText
  readonly calls: readonly JsonObject[]
  readonly inputChars: number
}

function readOutput(output: unknown, { traceId, stopSequences }: ReplyNaming): Output {
  const text = createMessageText(stopSequences ?? [])
  const calls: JsonObject[] = []
  let inputChars = 0
  for (const item of listIn(output).map(objectIn)) {
    if (item['type'] === 'message') text.add(messageParts(item))
    const call = callOf(item, traceId, calls.length)
    if (text.isStopped) break
    if (!call) continue
    text.flush()
    calls.push(call.asChat)
    inputChars += call.input.length
  }
  text.flush()
  return { text, calls, inputChars }
}

function readResponse(body: Buffer, worker: Protocol): JsonObject {
  let value: unknown
  try {
    value = parseExact(body.toString('utf8'))
  } catch (cause) {
    throw noReply(cause)
  }
  // A response that failed comes with status 200.
  if (isObject(value) && isGiven(value['error'])) {
    const { code, message, retryAfterMs } = worker.readFailure(200, {}, body)
    throw new SignalboxError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
  if (!isObject(value) || !Array.isArray(value['output'])) throw noReply()
  return value
}

function noReply(cause?: unknown): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s answer is no Responses reply', { cause })
}
