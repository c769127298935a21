import { SignalboxError } from '../../../core/errors.ts'
import { asObject } from '../../json-value.ts'
import type { Protocol } from '../../protocol.ts'
import type { ReplyNaming } from '../../translation.ts'
import { sealOf, thinkingText } from '../anthropic-to-responses/reasoning.ts'
import { callBlocks } from '../chat-to-anthropic/calls.ts'
import { stopOf } from '../chat-to-anthropic/stop-reason.ts'
import { isObject, type JsonObject, listIn, objectIn, parseExact, textIn, writeJson } from '../json-tree.ts'
import { safeguardResults } from '../safeguards.ts'
import { StopScanner } from '../stop-scanner.ts'
import { anthropicToolId, derivedToolId } from '../tool-ids.ts'
import { finishOf } from './ending.ts'
import { callOf, messageText, reasoningOf } from './items.ts'
import { usageToAnthropic } from './usage.ts'

/** A whole response as an Anthropic message. */
export function responsesReplyToAnthropic(body: Buffer, naming: ReplyNaming, worker: Protocol): Buffer {
  const response = readResponse(body, worker)
  const { content, refusal, hasCalls, hasText, stopText, writtenChars } = contentOf(response, naming)
  const stop = stopOf({
    finish: stopText === undefined ? finishOf(response) : 'stop',
    stopText,
    refusal,
    hasCalls,
    hasText,
  })
  if (!stop) throw new SignalboxError('worker-protocol', 'the worker’s answer ended in a failure')
  const result = {
    id: `msg_${naming.traceId}`,
    type: 'message',
    role: 'assistant',
    model: naming.asked,
    content,
    ...stop,
    ...safeguardResults(naming),
    usage: usageToAnthropic(asObject(response['usage']), writtenChars),
  }
  return Buffer.from(writeJson(result, () => noReply()))
}

interface Content {
  readonly content: readonly JsonObject[]
  readonly refusal: string
  readonly hasCalls: boolean
  readonly hasText: boolean
  readonly stopText: string | undefined
  readonly writtenChars: number
}

function contentOf(response: JsonObject, naming: ReplyNaming): Content {
  const scanner = new StopScanner(naming.stopSequences ?? [])
  const model = naming.served ?? textIn(response['model'])
  const content: JsonObject[] = []
  let refusal = ''
  let calls = 0
  let writtenChars = 0
  for (const item of listIn(response['output']).map(objectIn)) {
    if (scanner.hit !== undefined) break
    const call = callOf(item)
    if (call && call.name !== '') {
      const id = call.id === '' ? derivedToolId(naming.traceId, calls) : anthropicToolId(call.id)
      content.push(...callBlocks(id, naming.toolNames?.get(call.name) ?? call.name, call.arguments))
      calls++
      writtenChars += call.arguments.length
    } else if (item['type'] === 'message') {
      const said = messageText(item)
      const text = scanner.push(said.text) + scanner.flush()
      if (text.trim() !== '') content.push({ type: 'text', text })
      refusal += said.refusal
      writtenChars += text.length
    } else if (item['type'] === 'reasoning') content.push(...thinkingBlocks(item, model))
  }
  return {
    content,
    refusal,
    hasCalls: calls > 0,
    hasText: content.some(({ type }) => type === 'text'),
    stopText: scanner.hit,
    writtenChars,
  }
}

/** Reasoning with neither words nor seal says nothing. */
function thinkingBlocks(item: JsonObject, model: string): readonly JsonObject[] {
  const reasoning = reasoningOf(item)
  const signature = sealOf(reasoning, model)
  if (reasoning.summary.length > 0) {
    return [{ type: 'thinking', thinking: thinkingText(reasoning.summary), signature }]
  }
  return reasoning.encrypted === '' ? [] : [{ type: 'redacted_thinking', data: signature }]
}

function readResponse(body: Buffer, worker: Protocol): JsonObject {
  let value: unknown
  try {
    value = parseExact(body.toString('utf8'))
  } catch (cause) {
    throw noReply(cause)
  }
  if (isObject(value) && worker.readReply(body)) return value
  // A response that failed came with status 200 all the same, and tells why.
  if (isObject(value) && isObject(value['error'])) {
    const { code, message, retryAfterMs } = worker.readFailure(200, {}, body)
    throw new SignalboxError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
  throw noReply()
}

function noReply(cause?: unknown): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s answer is no Responses reply', { cause })
}
