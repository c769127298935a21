/** Reads a request's body whole, within a limit that holds while it arrives, not only when it is announced. */
import type { IncomingMessage } from 'node:http'
import { SignalboxError } from '../../core/errors.ts'

/** How much more than the limit is read and thrown away before the connection is cut. */
const DISCARDED_TIMES_MAX = 4

/** @throws SignalboxError message-too-large, unsupported-media-type, cancelled. */
export function readBody(req: IncomingMessage, bytesMax: number): Promise<Buffer> {
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
    const announced = Number(req.headers['content-length'] ?? 0)
    if (announced > bytesMax) reject(tooLarge(bytesMax))
    req.on('data', (part: Buffer) => {
      bytes += part.length
      if (bytes <= bytesMax && announced <= bytesMax) {
        parts.push(part)
        return
      }
      // Refused at once, but read on and thrown away for a while: a client that is still sending would
      // otherwise see a reset connection instead of the refusal.
      parts.length = 0
      reject(tooLarge(bytesMax))
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

function tooLarge(bytesMax: number): SignalboxError {
  return new SignalboxError('message-too-large', `the body is larger than ${bytesMax} bytes.`)
}

function gone(): SignalboxError {
  return new SignalboxError('cancelled', 'the caller went away while sending.')
}
