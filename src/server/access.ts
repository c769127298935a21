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
  /** The credential is one of ours: it must not be sent on to a worker. */
  readonly ours: boolean
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

const ANYBODY: Caller = { name: undefined, priorityMax: 'critical', ours: false }

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
  function find(headers: IncomingHttpHeaders): KnownKey | undefined {
    const credential = credentialOf(headers)
    if (credential === undefined || keys.length === 0) return undefined
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
    const key = find(headers)
    if (key?.scopes.includes(scope)) return key
    if (loopback) return undefined
    if (key) throw new SignalboxError('forbidden', `the key "${key.name}" has no scope "${scope}".`)
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
      return key
        ? { name: key.name, priorityMax: key.priorityMax, ours: true }
        : { ...ANYBODY, ours: find(headers) !== undefined }
    },
    control: (headers) => refusal(headers, 'control'),
    metrics: (headers) => refusal(headers, 'metrics'),
  }
}

/** `x-api-key`, else `authorization: Bearer`. */
export function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey
  const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')
  return bearer?.[1]
}

const LOOPBACK = /^(localhost|::1|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
