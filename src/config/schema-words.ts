import { z } from 'zod'

/** The scalars that the schema is made of: numbers in a range, names, secrets, URLs. None of their errors quotes a value. */
export const DAY_MS = 86_400_000
export const HOUR_MS = 3_600_000

export const int = (min: number, max: number) => z.int().min(min).max(max)
export const number = (min: number, max: number) => z.number().min(min).max(max)

/** Names travel in headers, URLs and metrics' labels. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
/** Names that stand beside "auto" in a request's `model`. */
export const offered = name.refine((text) => text !== 'auto', '"auto" is reserved: it stands for every route')
export const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/,
    'must be a model’s id: letters, digits and "._:/@+-", at most 200',
  )
export const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,4096}$/, 'must be 1 to 4,096 visible ASCII characters without blanks')
export const baseUrl = z
  .string()
  .max(2048)
  .refine(isBaseUrl, 'must be an http:// or https:// URL without user, query and fragment')

/** Anthropic's SDK adds /v1 by itself: with it in the URL every request would go to /v1/v1. */
export const anthropicBaseUrl = baseUrl.refine(
  (text) => !isBaseUrl(text) || !/\/v1(\/messages)?\/*$/.test(new URL(text).pathname),
  'must not end in /v1; leave out /v1: it is added to every request',
)

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return plain && (url.protocol === 'http:' || url.protocol === 'https:') && !/[?#]/.test(text)
}
