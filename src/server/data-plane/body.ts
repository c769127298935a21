/** Reads a request's body whole, within a limit that holds while it arrives, not only when it is announced. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SignalboxError } from '../../core/errors.ts'
import type { BodyBudget } from './body-budget.ts'

/** How much more than the limit is read and thrown away before the connection is cut. */
const DISCARDED_TIMES_MAX = 4
const RETRY_AFTER_MS = 5_000

export interface BodyLimits {
  readonly bytesMax: number
  readonly budget: BodyBudget
}

/** @throws SignalboxError message-too-large, queue-full, unsupported-media-type, cancelled. */
export function readBody(req: IncomingMessage, res: ServerResponse, limits: BodyLimits): Promise<Buffer> {
  const { bytesMax, budget } = limits
  const encoding = req.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    return Promise.reject(
      new SignalboxError(
        'unsupported-media-type',
        `content-encoding "${encoding.slice(0, 40)}" is not taken.`,
      ),
    )
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    let held = 0
    let refusal = Number(req.headers['content-length'] ?? 0) > bytesMax ? tooLarge(bytesMax) : undefined
    if (refusal) reject(refusal)
    res.once('close', () => budget.give(held))
    req.on('data', (part: Buffer) => {
      bytes += part.length
      if (!refusal && bytes > bytesMax) refusal = tooLarge(bytesMax)
      if (!refusal && !budget.take(part.length)) refusal = tooMany()
      if (!refusal) {
        held += part.length
        parts.push(part)
        return
      }
      // Refused at once, but read on and thrown away for a while: a client that is still sending would
      // otherwise see a reset connection instead of the refusal.
      parts.length = 0
      reject(refusal)
      if (bytes > bytesMax * DISCARDED_TIMES_MAX) req.destroy()
    })
    req.on('end', () => {
      const [only] = parts
      resolve(parts.length === 1 && only ? only : Buffer.concat(parts))
    })
    req.on('error', () => reject(gone()))
    req.on('close', () => {
      // An error costs its stack: made only where one is needed.
      if (!req.complete) reject(gone())
    })
  })
}

function tooMany(): SignalboxError {
  return new SignalboxError(
    'queue-full',
    'the messages that are under way hold all the memory there is for them.',
    {
      retryAfterMs: RETRY_AFTER_MS,
    },
  )
}

function tooLarge(bytesMax: number): SignalboxError {
  return new SignalboxError('message-too-large', `the body is larger than ${bytesMax} bytes.`)
}

function gone(): SignalboxError {
  return new SignalboxError('cancelled', 'the caller went away while sending.')
}
