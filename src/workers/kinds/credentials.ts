/**
 * With whose key a worker is called. One that has its own sends only that. One that has none passes the caller's
 * on, in the form that its protocol reads: a caller of the other protocol sends its key under the other name.
 */
import { SignalboxError } from '../../core/errors.ts'

type Headers = Readonly<Record<string, string>>

/** The token of `authorization: Bearer TOKEN`; undefined for any other scheme. */
function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
}

/**
 * For Anthropic's API, which reads both names. A caller that speaks its protocol is passed on as it is: behind
 * `authorization` may be a login's token, which is no key. One that sends no `anthropic-version` speaks another
 * protocol, and its bearer token is a key.
 */
export function anthropicCredentials(credentials: Headers, spokeAnthropic: boolean): Headers {
  const { 'x-api-key': key, authorization } = credentials
  if (key !== undefined)
    return authorization === undefined ? { 'x-api-key': key } : { 'x-api-key': key, authorization }
  if (authorization === undefined) return {}
  const token = bearerToken(authorization)
  return token !== undefined && !spokeAnthropic ? { 'x-api-key': token } : { authorization }
}

/** For OpenAI's API, which reads only `authorization`. */
export function openaiCredentials(credentials: Headers): Headers {
  const { 'x-api-key': key, authorization } = credentials
  if (authorization !== undefined) return { authorization }
  return key === undefined ? {} : { authorization: `Bearer ${key}` }
}

/**
 * A key read from a file often ends in a line feed, which no header may hold.
 * @throws SignalboxError invalid-config.
 */
export function checkedKey(apiKey: string): string {
  const key = apiKey.trim()
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new SignalboxError('invalid-config', 'apiKey is empty or holds characters that a header may not', {
      path: 'apiKey',
    })
  }
  return key
}
