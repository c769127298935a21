/**
 * Signatures of thinking blocks, as the stub of Anthropic's API makes and checks them: each carries the model that
 * thought, what it thought, and all that stood before it.
 */
import { createHash } from 'node:crypto'
import { isObject, type Json, refuse } from './api.ts'
import { type ClaudeModel, undated } from './claude-models.ts'

interface Seal {
  readonly model: string
  /** Of the text; undefined when it was left out of the reply. */
  readonly text?: string
  readonly prefix: string
}

const MARK = 'stub'

/** @param thinking what the reply shows of it; an empty text is one that is only signed. */
export function sealed(thinking: string, request: Json): Json {
  const seal: Seal = {
    model: undated(String(request['model'])),
    ...(thinking !== '' && { text: hash(thinking) }),
    prefix: prefixOf(request, messagesOf(request)),
  }
  const signature = MARK + Buffer.from(JSON.stringify(seal)).toString('base64')
  return { type: 'thinking', thinking, signature }
}

/**
 * @returns the thinking blocks that the model cannot read: they are left out, without an error.
 * @throws Refused for a block that was altered, or whose prefix was.
 */
export function unreadable(request: Json, model: ClaudeModel): readonly string[] {
  const messages = messagesOf(request)
  const dropped: string[] = []
  for (const [index, message] of messages.entries()) {
    if (!isObject(message) || !Array.isArray(message['content'])) continue
    const blocks: readonly unknown[] = message['content']
    for (const [at, block] of blocks.entries()) {
      if (!isObject(block) || block['type'] !== 'thinking') continue
      const path = `messages.${index}.content.${at}`
      const seal = opened(block['signature'])
      if (seal === undefined || (seal.text !== undefined && seal.text !== hash(String(block['thinking']))))
        refuse(`${path}: Invalid \`signature\` in \`thinking\` block`)
      if (seal.model !== undated(String(request['model'])) && !model.reads.includes(seal.model)) {
        dropped.push(path)
        continue
      }
      const before = [
        ...messages.slice(0, index),
        ...(at > 0 ? [{ ...message, content: blocks.slice(0, at) }] : []),
      ]
      if (model.bindsPrefix && seal.prefix !== prefixOf(request, before)) wrongPrefix(request, path, dropped)
    }
  }
  return dropped
}

function wrongPrefix(request: Json, path: string, dropped: string[]): void {
  const { thinking } = request
  const binding = isObject(thinking) ? thinking['block_binding'] : undefined
  if (isObject(binding) && binding['prefix_mismatch_behavior'] === 'drop_block') dropped.push(path)
  else
    refuse(
      `${path}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove ` +
        'the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".',
    )
}

function messagesOf(request: Json): readonly unknown[] {
  return Array.isArray(request['messages']) ? request['messages'] : []
}

/** System text, tools and the messages before; neither the order of keys nor `cache_control` counts. */
function prefixOf(request: Json, messages: readonly unknown[]): string {
  return hash(JSON.stringify(plain([request['system'] ?? [], request['tools'] ?? [], messages])))
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => key !== 'cache_control')
  return Object.fromEntries(
    kept
      .map(([key, entry]) => [
        key,
        key === 'content' && typeof entry === 'string' ? [{ text: entry, type: 'text' }] : plain(entry),
      ])
      .toSorted(([left], [right]) => (String(left) < String(right) ? -1 : 1)),
  )
}

function opened(signature: unknown): Seal | undefined {
  if (typeof signature !== 'string' || !signature.startsWith(MARK)) return undefined
  try {
    // Whatever else is in there was not made here and fails the comparisons.
    return JSON.parse(Buffer.from(signature.slice(MARK.length), 'base64').toString()) as Seal
  } catch {
    return undefined
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}
