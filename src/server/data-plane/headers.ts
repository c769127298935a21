/** The headers of a request: ours are read, hop-by-hop ones and credentials end here, all others pass on. */
import type { IncomingHttpHeaders } from 'node:http'
import { SignalboxError } from '../../core/errors.ts'
import { claudeCodeSession } from '../../wire/claude-code.ts'
import { type Context, type Priority, priorities } from '../../core/message.ts'

const PREFIX = 'x-signalbox-'
/** What concerns only this hop or this host, and credentials (they travel apart). */
const STOPPED = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'origin',
  'proxy-authorization',
  'proxy-connection',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-api-key',
])
const NONE: ReadonlySet<string> = new Set()
const CONTEXT_KEYS_MAX = 64
const NAME = /^[\x21-\x7e]{1,256}$/

export interface Wishes {
  readonly class?: string
  readonly priority?: Priority
  readonly deadlineMs?: number
  readonly session?: string
  readonly tenant?: string
  readonly context?: Context
}

/** @throws SignalboxError invalid-message or not-in-this-version, naming the header. */
export function wishesOf(headers: IncomingHttpHeaders): Wishes {
  const wishes: { -readonly [Key in keyof Wishes]: Wishes[Key] } = {}
  // Most requests wish for nothing: one look over the names is quicker than asking for each.
  if (!hasOurs(headers)) {
    const session = claudeCodeSession(headers)
    return session === undefined ? wishes : { session }
  }
  const word = name(headers, 'class')
  if (word !== undefined) wishes.class = word
  const priority = text(headers, 'priority')
  if (priority !== undefined) wishes.priority = priorityOf(priority)
  const deadline = text(headers, 'deadline-ms')
  if (deadline !== undefined) wishes.deadlineMs = deadlineOf(deadline)
  const session = name(headers, 'session') ?? claudeCodeSession(headers)
  if (session !== undefined) wishes.session = session
  const tenant = name(headers, 'tenant')
  if (tenant !== undefined) wishes.tenant = tenant
  if (text(headers, 'idempotency-key') !== undefined)
    throw new SignalboxError('not-in-this-version', `header ${PREFIX}idempotency-key is not in this version.`)
  const context = text(headers, 'context')
  if (context !== undefined) wishes.context = contextOf(context)
  return wishes
}

function hasOurs(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name.startsWith(PREFIX)) return true
  return false
}

/** A priority above what the key allows is lowered to it. */
export function clampPriority(wished: Priority | undefined, max: Priority): Priority {
  const wish = wished ?? 'normal'
  return priorities.indexOf(wish) < priorities.indexOf(max) ? max : wish
}

/** What travels on to a worker of the same protocol. Node gives repeated headers joined, except set-cookie. */
export function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const { connection } = headers
  const named =
    connection === undefined || connection === 'keep-alive'
      ? NONE
      : new Set(connection.toLowerCase().split(/\s*,\s*/))
  const passed: Record<string, string> = {}
  for (const key in headers) {
    const value = headers[key]
    if (typeof value !== 'string' || STOPPED.has(key) || named.has(key)) continue
    if (key.startsWith(PREFIX) || key.startsWith('x-forwarded-') || key.startsWith('sec-')) continue
    passed[key] = value
  }
  return passed
}

function text(headers: IncomingHttpHeaders, suffix: string): string | undefined {
  const value = headers[PREFIX + suffix]
  return typeof value === 'string' ? value : undefined
}

function name(headers: IncomingHttpHeaders, suffix: string): string | undefined {
  const value = text(headers, suffix)
  if (value !== undefined && !NAME.test(value)) throw bad(suffix, 'must be 1 to 256 visible ASCII characters')
  return value
}

function priorityOf(value: string): Priority {
  const found = priorities.find((priority) => priority === value)
  if (!found) throw bad('priority', `must be one of ${priorities.join(', ')}`)
  return found
}

function deadlineOf(value: string): number {
  const deadlineMs = /^\d{1,10}$/.test(value) ? Number(value) : 0
  if (deadlineMs < 1 || deadlineMs > 2 ** 31 - 1)
    throw bad('deadline-ms', 'must be a whole number of milliseconds from 1 to 2147483647')
  return deadlineMs
}

function contextOf(value: string): Context {
  let context: unknown
  try {
    context = JSON.parse(value)
  } catch {
    throw bad('context', 'must be a JSON object')
  }
  if (typeof context !== 'object' || context === null || Array.isArray(context))
    throw bad('context', 'must be a JSON object')
  if (Object.keys(context).length > CONTEXT_KEYS_MAX)
    throw bad('context', `must have at most ${CONTEXT_KEYS_MAX} keys`)
  return context as Context
}

function bad(suffix: string, what: string): SignalboxError {
  return new SignalboxError('invalid-message', `header ${PREFIX}${suffix} ${what}.`, {
    path: PREFIX + suffix,
  })
}
