/**
 * Who may do what. On a loopback address nobody needs a key, but browsers are kept out by Host and Origin; elsewhere
 * the data plane takes the keys of `auth.keys`, the control plane the admin token or a key with its scope.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../config/schema.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Priority } from '../core/message.ts'
import { guardLoopback } from './guard.ts'

type Scope = 'data' | 'control' | 'metrics'

export interface Caller {
  /** The key's name; undefined for callers without one of ours. */
  readonly name: string | undefined
  readonly priorityMax: Priority
  /** It showed a key of ours. */
  readonly ours: boolean
  /** The credential headers that are not ours: what may be sent on to a worker without a key of its own. */
  readonly credentials: Readonly<Record<string, string>> | undefined
}

export interface Access {
  /** @throws SignalboxError unauthorized, forbidden. */
  data(headers: IncomingHttpHeaders): Caller
  control(headers: IncomingHttpHeaders): SignalboxError | undefined
  metrics(headers: IncomingHttpHeaders): SignalboxError | undefined
}

interface KnownKey {
  readonly name: string
  readonly digest: Buffer
  readonly scopes: readonly Scope[]
  readonly priorityMax: Priority
}

export function createAccess(auth: Config['auth'], loopback: boolean): Access {
  const keys = knownKeys(auth)

  /** @throws SignalboxError forbidden, unauthorized. */
  function permit(headers: IncomingHttpHeaders, scope: Scope): Permit {
    const guarded = loopback ? guardLoopback(headers) : undefined
    if (guarded) throw guarded
    const credentials = shown(headers).map((each) => ({ ...each, key: findIn(keys, each.secret) }))
    const known = credentials.flatMap(({ key }) => key ?? [])
    const key = known.find(({ scopes }) => scopes.includes(scope))
    const [other] = known
    if (!key && !loopback) {
      if (other) throw new SignalboxError('forbidden', `the key "${other.name}" has no scope "${scope}".`)
      throw new SignalboxError('unauthorized', 'a valid key is needed.')
    }
    return { key, ours: known.length > 0, foreign: credentials.filter((each) => !each.key) }
  }

  function refusal(headers: IncomingHttpHeaders, scope: Scope): SignalboxError | undefined {
    try {
      permit(headers, scope)
      return undefined
    } catch (error) {
      return SignalboxError.from(error)
    }
  }

  return {
    data(headers) {
      const { key, ours, foreign } = permit(headers, 'data')
      const credentials = Object.fromEntries(foreign.map(({ header, value }) => [header, value]))
      return {
        name: key?.name,
        priorityMax: key?.priorityMax ?? 'critical',
        ours,
        credentials: foreign.length > 0 ? credentials : undefined,
      }
    },
    control: (headers) => refusal(headers, 'control'),
    metrics: (headers) => refusal(headers, 'metrics'),
  }
}

interface Permit {
  readonly key: KnownKey | undefined
  /** A key of ours was shown, whatever its scope. */
  readonly ours: boolean
  readonly foreign: readonly Shown[]
}

function knownKeys({ keys, adminToken }: Config['auth']): readonly KnownKey[] {
  const known: KnownKey[] = keys.map(({ key, ...rest }) => ({ ...rest, digest: digest(key) }))
  if (adminToken === undefined) return known
  const admin = { name: 'admin', scopes: ['control', 'metrics'], priorityMax: 'critical' } as const
  return [...known, { ...admin, digest: digest(adminToken) }]
}

/** A header that was sent twice comes joined by a comma: if either part is ours, the whole is. */
function findIn(keys: readonly KnownKey[], secret: string): KnownKey | undefined {
  const parts = secret.includes(',')
    ? [secret, ...secret.split(',').map((part) => part.trim().replace(/^bearer +/i, ''))]
    : [secret]
  return parts.map((part) => find(keys, part)).find((key) => key !== undefined)
}

/** Compares with every key, whether an earlier one matched or not: time tells nothing. */
function find(keys: readonly KnownKey[], secret: string): KnownKey | undefined {
  if (keys.length === 0) return undefined
  const given = digest(secret)
  let found: KnownKey | undefined
  for (const key of keys) if (timingSafeEqual(key.digest, given)) found = key
  return found
}

interface Shown {
  readonly header: string
  readonly value: string
  readonly secret: string
}

/** The credentials that a request shows: `x-api-key`, and `authorization` with its scheme taken off. */
function shown(headers: IncomingHttpHeaders): readonly Shown[] {
  const apiKey = headers['x-api-key']
  const { authorization } = headers
  const found: Shown[] = []
  if (typeof apiKey === 'string' && apiKey !== '')
    found.push({ header: 'x-api-key', value: apiKey, secret: apiKey })
  if (authorization !== undefined && authorization !== '')
    found.push({
      header: 'authorization',
      value: authorization,
      secret: authorization.replace(/^bearer +/i, ''),
    })
  return found
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
