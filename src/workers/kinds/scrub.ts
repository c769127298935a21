/** Errors of an upstream pass to the client as they are, but for what tells our key or where it lives. */
import type { Scrub, WireReply } from '../../core/worker.ts'

const MASK = '***'
/** Shorter ones would stand in ordinary words. */
const SECRET_CHARS_MIN = 6

export function scrubberOf(secrets: readonly string[]): Scrub {
  const masked = secrets.filter((secret) => secret.length >= SECRET_CHARS_MIN)
  return (text) => masked.reduce((rest, secret) => rest.replaceAll(secret, MASK), text)
}

/** The same reply, where its body holds none of the secrets; replies that are no errors are not looked at. */
export function scrubbed(reply: WireReply, scrub: Scrub): WireReply {
  const { body } = reply
  if (reply.status < 400 || !Buffer.isBuffer(body)) return reply
  const text = body.toString()
  const rest = scrub(text)
  return rest === text ? reply : { ...reply, body: Buffer.from(rest) }
}
