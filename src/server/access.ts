/**
 * Who may do what. On a loopback address nobody needs a key, but browsers are kept out by Host and Origin; elsewhere
 * the data plane takes the keys of `auth.keys`, the control plane the admin token or a key with its scope.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../config/schema.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Priority } from '../core/message.ts'
import { guardLoopback } from './control-plane/guard.ts'

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
  const keys: KnownKey[] = auth.keys.map(({ name, key, scopes, priorityMax }) => ({
    name,
    digest: digest(key),
    scopes,
    priorityMax,
  }))
  if (auth.adminToken !== undefined)
    keys.push({
      name: 'admin',
      digest: digest(auth.adminToken),
      scopes: ['control', 'metrics'],
      priorityMax: 'critical',
    })

  /** Compares with every key, whether an earlier one matched or not: time tells nothing. */
  function find(credential: string): KnownKey | undefined {
    if (keys.length === 0) return undefined
    const given = digest(credential)
    let found: KnownKey | undefined
    for (const key of keys) if (timingSafeEqual(key.digest, given)) found = key
    return found
  }

  function permit(headers: IncomingHttpHeaders, scope: Scope): KnownKey | undefined {
    if (loopback) {
      const refused = guardLoopback(headers)
      if (refused) throw refused
    }
    const known = shown(headers).flatMap(({ secret }) => find(secret) ?? [])
    const key = known.find(({ scopes }) => scopes.includes(scope))
    if (key || loopback) return key
    const [other] = known
    if (other) throw new SignalboxError('forbidden', `the key "${other.name}" has no scope "${scope}".`)
    throw new SignalboxError('unauthorized', 'a valid key is needed.')
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
      const key = permit(headers, 'data')
      const others = shown(headers).filter(({ secret }) => !find(secret))
      return {
        name: key?.name,
        priorityMax: key?.priorityMax ?? 'critical',
        ours: others.length < shown(headers).length,
        credentials:
          others.length > 0
            ? Object.fromEntries(others.map(({ header, value }) => [header, value]))
            : undefined,
      }
    },
    control: (headers) => refusal(headers, 'control'),
    metrics: (headers) => refusal(headers, 'metrics'),
  }
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
