import { SignalboxError } from '../../../core/errors.ts'
import { asObject } from '../../json-value.ts'
import type { ReplyNaming } from '../../translation.ts'
import { notWhole, readMessageReply, refusalText } from '../anthropic-to-chat/reply.ts'
import {
  callItem,
  callItemId,
  type ItemStatus,
  itemId,
  messageItem,
  unwrapped,
} from '../chat-to-responses/items.ts'
import { responseOf } from '../chat-to-responses/response.ts'
import { type JsonObject, listIn, objectIn, textIn, writeJson } from '../json-tree.ts'
import { endingOfStop } from './ending.ts'
import { thinkingItem, thinkingSeal } from './thinking.ts'
import { anthropicUsageToResponses } from './usage.ts'

/** A whole Anthropic reply as a response: an item for each block. What the worker's own tools did stays behind. */
export function anthropicReplyToResponses(body: Buffer, naming: ReplyNaming): Buffer {
  const reply = readMessageReply(body)
  const stopReason = textIn(reply['stop_reason'])
  const ending = endingOfStop(stopReason)
  if (!ending) throw notWhole()
  const says = listIn(reply['content']).map(objectIn).filter(isSaid)
  const refusal = stopReason === 'refusal' ? refusalText(reply['stop_details']) : null
  const model = naming.served ?? textIn(reply['model'])
  const output = says.map((block, index) => {
    // What was cut was cut in the last of them.
    const isLast = index === says.length - 1 && refusal === null
    return itemOf(block, { index, status: isLast ? ending.status : 'completed', model }, naming)
  })
  if (refusal !== null) {
    const id = itemId('msg', naming.traceId, output.length)
    output.push(messageItem(id, 'completed', [{ type: 'refusal', refusal }]))
  }
  const writtenChars = says.reduce((chars, block) => chars + charsOf(block), 0)
  const usage = anthropicUsageToResponses(asObject(reply['usage']), writtenChars)
  return Buffer.from(writeJson(responseOf(naming, { ...ending, output, usage, tier: '' }), noReply))
}

/** Blocks that become items: empty ones, and what only their vendor understands, do not. */
function isSaid(block: JsonObject): boolean {
  switch (block['type']) {
    case 'text':
      return textIn(block['text']) !== ''
    case 'tool_use':
      return true
    case 'thinking':
    case 'redacted_thinking':
      return textIn(block['thinking']) !== '' || thinkingSeal(block, '') !== ''
    default:
      return false
  }
}

/** What the model wrote, in sight of the client. */
function charsOf(block: JsonObject): number {
  if (block['type'] === 'tool_use') return writeJson(objectIn(block['input']), noReply).length
  return textIn(block['text']).length + textIn(block['thinking']).length
}

interface Place {
  readonly index: number
  readonly status: ItemStatus
  readonly model: string
}

function itemOf(block: JsonObject, { index, status, model }: Place, naming: ReplyNaming): JsonObject {
  const { traceId, customTools } = naming
  if (block['type'] === 'text') {
    const part = { type: 'output_text', text: textIn(block['text']), annotations: [] } as const
    return messageItem(itemId('msg', traceId, index), status, [part])
  }
  if (block['type'] !== 'tool_use') {
    const id = itemId('rs', traceId, index)
    return thinkingItem(id, status, textIn(block['thinking']), thinkingSeal(block, model))
  }
  const name = textIn(block['name'])
  const kind = customTools?.has(name) ? 'custom' : 'function'
  const written = writeJson(objectIn(block['input']), noReply)
  const input = kind === 'custom' ? unwrapped(written) : written
  const call = { kind, callId: textIn(block['id']), name, input } as const
  return callItem(callItemId(kind, traceId, index), status, call)
}

function noReply(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s answer is nested too deeply')
}
