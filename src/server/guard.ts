/**
 * Loopback needs no key, so a page in the operator's browser must not be able to speak to us: neither by a foreign
 * origin, nor by a name of its own that it lets point here (DNS rebinding). Browsers always send a true Host, and a
 * true Origin with every request that could change something. Pure; O(length of the two headers).
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIPv4 } from 'node:net'
import { SignalboxError } from '../core/errors.ts'

/** @returns the refusal of a request that did not come from this machine's own programs and pages. */
export function guardLoopback(headers: IncomingHttpHeaders): SignalboxError | undefined {
  if (!isLoopbackAuthority(headers.host)) {
    return new SignalboxError('forbidden', 'the host header does not name this machine', {
      path: 'host',
      hint: 'Use http://127.0.0.1 or http://localhost, or bind another address with keys in auth.',
    })
  }
  const { origin } = headers
  if (origin !== undefined && !isLoopbackOrigin(origin)) {
    return new SignalboxError('forbidden', 'pages of another origin may not use this server', {
      path: 'origin',
      hint: 'Call from a page on localhost, or from a program, which sends no origin header.',
    })
  }
  return undefined
}

/** A host, with or without a port; nothing around it, so that no parser can read it in two ways. */
const authority = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i

function isLoopbackAuthority(host: string | undefined): boolean {
  const name = authority.exec(host ?? '')?.[1]?.toLowerCase()
  if (name === undefined) return false
  return name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'))
}

function isLoopbackOrigin(origin: string): boolean {
  return isLoopbackAuthority(/^https?:\/\/(.+)$/i.exec(origin)?.[1])
}
