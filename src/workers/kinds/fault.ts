/**
 * What a broken connection means, in our words. Decides by the error's code or name; the message of the original is
 * never repeated, because it names host, port and address.
 */
import { SignalboxError, type ErrorCode } from '../../core/errors.ts'

interface Meaning {
  readonly code: ErrorCode
  readonly text: string
}

const cutOff: Meaning = { code: 'worker-failed', text: 'the connection closed before the reply was whole' }

/** Codes of undici (UND_ERR_…) and of the system's sockets. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { code: 'worker-failed', text: 'could not connect' },
  ENOTFOUND: { code: 'worker-failed', text: 'could not connect: the name has no address' },
  EAI_AGAIN: { code: 'worker-failed', text: 'could not connect: the name could not be looked up' },
  ECONNRESET: { code: 'worker-failed', text: 'connection reset' },
  EPIPE: { code: 'worker-failed', text: 'connection reset' },
  ETIMEDOUT: { code: 'worker-timeout', text: 'the connection timed out' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'worker-timeout', text: 'could not connect in time' },
  UND_ERR_SOCKET: cutOff,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: cutOff,
  UND_ERR_DESTROYED: { code: 'worker-failed', text: 'the worker was closed' },
  UND_ERR_CLOSED: { code: 'worker-failed', text: 'the worker was closed' },
  UND_ERR_HEADERS_OVERFLOW: { code: 'worker-protocol', text: 'the reply’s headers are too large' },
  // The request itself could never be sent, to no worker: a header or path with forbidden characters.
  UND_ERR_INVALID_ARG: { code: 'invalid-message', text: 'a header or the path holds forbidden characters' },
}

/** How far the reply had come: nothing of it, its head, or so far that it had been handed on as a stream. */
export type Phase = 'waiting' | 'body' | 'stream'

export function transportFault(error: unknown, phase: Phase): SignalboxError {
  const code = codeOf(error)
  const meaning = meanings[code] ?? unlisted(error, code, phase)
  const name = code === '' ? '' : ` (${code})`
  // Whatever it was: the caller has seen the beginning, and the worker stopped in the middle.
  return new SignalboxError(phase === 'stream' ? 'worker-stalled' : meaning.code, `${meaning.text}${name}`)
}

function unlisted(error: unknown, code: string, phase: Phase): Meaning {
  // undici's HTTP parser gives no code. Once the head was understood, what it cannot parse is a body cut off.
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return phase === 'waiting' ? { code: 'worker-protocol', text: 'the reply is not HTTP' } : cutOff
  }
  if (/CERT|TLS|SSL|VERIFY/.test(code)) return { code: 'worker-failed', text: 'could not connect safely' }
  return { code: 'worker-failed', text: 'the connection failed' }
}

/** Only what looks like a code: anything else might tell more than it should. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' && /^[A-Z0-9_]{2,48}$/.test(error.code) ? error.code : ''
}
