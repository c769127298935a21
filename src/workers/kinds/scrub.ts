/** Errors of an upstream pass to the client as they are, but for what tells our key or where it lives. */
import type { WireReply } from '../../core/worker.ts'

const MASK = '***'
/** Shorter ones would stand in ordinary words. */
const SECRET_CHARS_MIN = 6

/** The same reply, where its body holds none of the secrets; replies that are no errors are not looked at. */
export function scrubbed(reply: WireReply, secrets: readonly string[]): WireReply {
  const { body } = reply
  if (reply.status < 400 || !Buffer.isBuffer(body)) return reply
  const found = secrets.filter((secret) => secret.length >= SECRET_CHARS_MIN && body.includes(secret))
  if (found.length === 0) return reply
  const text = found.reduce((rest, secret) => rest.replaceAll(secret, MASK), body.toString())
  return { ...reply, body: Buffer.from(text) }
}
