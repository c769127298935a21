import { SignalboxError } from '../../../core/errors.ts'
import { asObject } from '../../json-value.ts'
import type { ReplyNaming } from '../../translation.ts'
import { unwrapped } from '../chat-to-responses/items.ts'
import { isObject, type JsonObject, listIn, objectIn, parseExact, textIn, writeJson } from '../json-tree.ts'
import { finishReason } from './stop-reason.ts'
import { usageToChat } from './usage.ts'

/** A whole Anthropic reply as a Chat reply. Reasoning and what the worker's own tools did stay behind. */
export function replyToChat(body: Buffer, naming: ReplyNaming): Buffer {
  const reply = readMessageReply(body)
  const texts: string[] = []
  const calls: JsonObject[] = []
  let writtenChars = 0
  for (const block of listIn(reply['content']).map(objectIn)) {
    if (block['type'] === 'text') texts.push(textIn(block['text']))
    else if (block['type'] === 'tool_use') {
      const written = writeJson(objectIn(block['input']), noReply)
      calls.push(callOf(block, written, naming))
      writtenChars += written.length
    }
  }
  const stopReason = textIn(reply['stop_reason'])
  const finish = finishReason(stopReason, calls.length > 0)
  if (finish === undefined) throw notWhole()
  const text = texts.join('')
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: stopReason === 'refusal' ? refusalText(reply['stop_details']) : null,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  const completion = {
    id: `chatcmpl-${naming.traceId}`,
    object: 'chat.completion',
    created: naming.createdS,
    model: naming.asked,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: usageToChat(asObject(reply['usage']), text.length + writtenChars),
  }
  return Buffer.from(writeJson(completion, noReply))
}

/** Why the model declined, where it says so. */
export function refusalText(stopDetails: unknown): string | null {
  return textIn(objectIn(stopDetails)['explanation']) || null
}

/** The turn is paused for the worker's own tools: to a Chat client that would look like an answer. */
export function notWhole(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker paused its turn, which the client cannot resume')
}

/** @throws SignalboxError worker-protocol when the body is no message. */
export function readMessageReply(body: Buffer): JsonObject {
  let value: unknown
  try {
    value = parseExact(body.toString('utf8'))
  } catch (cause) {
    throw noReply(cause)
  }
  if (!isObject(value) || value['type'] !== 'message' || !Array.isArray(value['content'])) throw noReply()
  return value
}

function noReply(cause?: unknown): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s answer is no Messages reply', { cause })
}

function callOf(block: JsonObject, written: string, { customTools }: ReplyNaming): JsonObject {
  const id = textIn(block['id'])
  const name = textIn(block['name'])
  return customTools?.has(name)
    ? { id, type: 'custom', custom: { name, input: unwrapped(written) } }
    : { id, type: 'function', function: { name, arguments: written } }
}
