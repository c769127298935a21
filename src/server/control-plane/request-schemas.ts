/**
 * What the control plane takes. Strict: an unknown key is refused, because a key without effect is a bug in the
 * caller. The same schemas check the requests and make the OpenAPI document.
 */
import { z } from 'zod'
import { DELAY_MS_MAX } from '../../core/clock.ts'
import { type Message, priorities } from '../../core/message.ts'

const name = z.string().min(1).max(200)

const context = z
  .record(z.string(), z.unknown())
  .describe('Facts for the classifier: known hints are booleans, others only tell requests apart.')

const contentBlock = z.looseObject({ type: z.string() })

const content = z
  .union([z.string().min(1), z.array(contentBlock).min(1)], {
    error: ({ input }) =>
      input === undefined ? 'is missing' : 'must be text, or a list of blocks of the Messages API',
  })
  .describe('Text, or blocks of Anthropic’s Messages API.')

/** All of a message but its content, and but the abort signal, which does not travel. */
const messageFields = {
  system: z.string().exactOptional(),
  priority: z.enum(priorities).exactOptional(),
  deadlineMs: z
    .number()
    .positive()
    .max(DELAY_MS_MAX)
    .describe('Milliseconds until the answer is of no use.')
    .exactOptional(),
  class: name.describe('Forces the class; the classifier is not asked.').exactOptional(),
  model: name.describe('"auto" (default), or the name of a route, pool or model.').exactOptional(),
  session: name.exactOptional(),
  tenant: name.exactOptional(),
  context: context.exactOptional(),
  maxTokens: z.int().positive().exactOptional(),
  tools: z.array(z.looseObject({})).exactOptional(),
}

export const messageBody = z.strictObject({ content, ...messageFields }).meta({
  examples: [{ content: 'Plan the route through the first gym', priority: 'high' }],
}) satisfies z.ZodType<Omit<Message, 'signal'>>

export const routeBody = z
  .strictObject({ text: z.string().exactOptional(), content: content.exactOptional(), ...messageFields })
  .refine((body) => (body.text === undefined) !== (body.content === undefined), {
    path: ['text'],
    error: 'or content must be given, and only one of them',
  })
  .meta({ examples: [{ text: 'Plan the route through the first gym' }] })

export const classifyBody = z
  .strictObject({
    text: z.string(),
    context: context.exactOptional(),
    packs: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/i, { error: 'must be the name of a pack' }))
      .min(1)
      .max(16)
      .describe('Pattern packs to use instead of the configured ones.')
      .exactOptional(),
  })
  .meta({ examples: [{ text: 'Compare the approaches and recommend one', packs: ['general'] }] })

const LIMIT_MAX = 1000
const limitError = { error: `must be a whole number from 1 to ${LIMIT_MAX}` }

export const decisionsQuery = z.strictObject({
  limit: z.coerce
    .number(limitError)
    .int(limitError)
    .min(1, limitError)
    .max(LIMIT_MAX, limitError)
    .default(100),
  before: z
    .string()
    .regex(/^[0-9a-f]{32}$/, { error: 'must be the id of a trace: 32 hexadecimal digits' })
    .describe('Only decisions older than the one of this id.')
    .exactOptional(),
})

export const idParams = z.strictObject({ id: z.string() })

export const noQuery = z.strictObject({})

/** For requests that say everything in their path: no body, or an empty object. */
export const emptyBody = z.strictObject({}).optional()
