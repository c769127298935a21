import { createHash } from 'node:crypto'
import type { Dialect } from '../dialects.ts'
import { textAt, untranslatable } from './json-tree.ts'

/**
 * Ids of tool calls. They are kept wherever the other side takes them; else they are replaced by a digest of
 * themselves, so that call and result still match, and the same history always gives the same bytes.
 */
const PLAIN_ID = /^[A-Za-z0-9_-]{1,64}$/
const NINE_CHARACTERS = /^[A-Za-z0-9]{9}$/
const CHAT_ID_LENGTH_MAX = 64

export function anthropicToolId(id: string): string {
  return PLAIN_ID.test(id) ? id : `toolu_${digest(id).slice(0, 32)}`
}

export function chatToolId(id: string, dialect: Dialect): string {
  if (dialect.nineCharacterToolIds) return NINE_CHARACTERS.test(id) ? id : nineCharacters(id)
  return id.length > 0 && id.length <= CHAT_ID_LENGTH_MAX ? id : `call_${digest(id).slice(0, 32)}`
}

/** The id of a call that came without one, the `number`th of its reply. */
export function derivedToolId(traceId: string, number: number): string {
  return anthropicToolId(`call_${traceId}_${number}`)
}

/**
 * The name of a tool in a request of OpenAI's, whose names the other vendor takes as they are.
 *
 * @throws SignalboxError untranslatable.
 */
export function toolNameAt(value: unknown, path: string): string {
  const name = textAt(value, path)
  if (PLAIN_ID.test(name)) return name
  throw untranslatable(
    path,
    `the tool's name "${name.slice(0, 128)}" is not made of 1 to 64 letters, digits, _ or -`,
  )
}

/** A digest of an id of a person that is too long for its field. */
export function shortened(id: string, lengthMax: number): string {
  return id.length <= lengthMax ? id : digest(id)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function nineCharacters(id: string): string {
  return BigInt(`0x${digest(id).slice(0, 16)}`)
    .toString(36)
    .padStart(9, '0')
    .slice(-9)
}
