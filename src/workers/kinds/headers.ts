/**
 * Which headers cross between us and a worker.
 *
 * Towards the worker everything passes but what belongs to the connection, to the body that we send, or to the
 * caller's identity: vendors ask gateways to treat headers as an open list, and new ones appear each month.
 * Towards the caller it is the other way round: a reply's headers tell where it came from (server, via, cf-ray,
 * set-cookie, openai-organization), so only the names that clients act upon pass.
 */

/** Per hop (RFC 9110, 7.6.1), of the body, of the caller, or set anew by us. */
const neverSent: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'accept-encoding',
  'cookie',
  'authorization',
  'x-api-key',
])

const passedBack: ReadonlySet<string> = new Set([
  'content-type',
  // A retry-after that is a date counts from it.
  'date',
  'request-id',
  'x-request-id',
  'x-should-retry',
  'retry-after',
  'retry-after-ms',
  'openai-processing-ms',
  'openai-version',
])

const passedBackPrefixes = ['anthropic-', 'x-ratelimit-'] as const

/**
 * @param own headers of ours, last: credentials and what the protocol requires.
 * @returns names and values in turn, the form that undici sends without converting.
 */
export function sentHeaders(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): string[] {
  const sent: string[] = []
  const perHop = namedByConnection(headers['connection'])
  for (const name in headers) {
    if (neverSent.has(name) || Object.hasOwn(own, name)) continue
    if (name.startsWith('proxy-') || perHop?.includes(name)) continue
    const value = headers[name]
    if (value !== undefined) sent.push(name, value)
  }
  for (const name in own) sent.push(name, own[name] ?? '')
  // Replies are read and renamed as bytes: a compressed one would have to be unpacked first.
  sent.push('accept-encoding', 'identity')
  return sent
}

function namedByConnection(connection: string | undefined): readonly string[] | undefined {
  return connection?.split(',').map((name) => name.trim().toLowerCase())
}

export function passedBackHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Readonly<Record<string, string>> {
  const passed: Record<string, string> = {}
  for (const name in headers) {
    if (!passedBack.has(name) && !passedBackPrefixes.some((prefix) => name.startsWith(prefix))) continue
    const value = headers[name]
    if (value !== undefined) passed[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return passed
}
