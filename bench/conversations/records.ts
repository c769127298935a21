/** The authored data in data/, read and checked line by line. What the fields mean: data/README.md. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const label = z.enum(['strategic', 'tactical', 'simple'])
const domain = z.enum(['coding', 'general', 'speedrun'])

const sentence = z.strictObject({
  text: z.string().min(1),
  label,
  domain,
  language: z.string().length(2),
  /** The frame that the text is made from. */
  template: z.string().min(1),
  split: z.enum(['train', 'held-out', 'test-language']),
})

const event = z.union([
  z.strictObject({ role: z.enum(['user', 'assistant', 'system']), text: z.string().min(1) }),
  z.strictObject({ tool_use: z.string().min(1), input: z.record(z.string(), z.string()) }),
  z.strictObject({ tool_result: z.string().min(1), error: z.literal(true).optional() }),
  z.strictObject({ reminder: z.string().min(1) }),
  z.strictObject({ interrupt: z.literal(true) }),
])

const kind = z.enum([
  'first',
  'follow-up',
  'correction',
  'topic-change',
  'mid-loop',
  'pasted',
  'helper',
  'subagent',
  'compaction',
])

const conversation = z.strictObject({
  id: z.string().min(1),
  language: z.string().length(2),
  domain,
  turns: z.array(event).min(1),
  /** After the event `at` a request is sent, whose class should be `class`. */
  ask: z.array(z.strictObject({ at: z.int().nonnegative(), class: label, kind })).min(1),
})

export type AuthoredSentence = z.infer<typeof sentence>
export type AuthoredConversation = z.infer<typeof conversation>
export type ConversationEvent = z.infer<typeof event>
export type AskKind = z.infer<typeof kind>

export const askKinds: readonly AskKind[] = kind.options

/** @throws Error that names the line. */
export function readSentences(): readonly AuthoredSentence[] {
  return readLines('sentences.jsonl', sentence)
}

/** @throws Error that names the line. */
export function readConversations(): readonly AuthoredConversation[] {
  return readLines('conversations.jsonl', conversation)
}

function readLines<Row>(name: string, shape: z.ZodType<Row>): readonly Row[] {
  const text = readFileSync(new URL(`../../data/${name}`, import.meta.url), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      try {
        return shape.parse(JSON.parse(line))
      } catch (cause) {
        throw new Error(`data/${name}, line ${index + 1}, is not as it should be`, { cause })
      }
    })
}
