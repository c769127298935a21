import { isTooDeep } from './json-depth.ts'

/** Looks into parsed JSON of strangers: nothing is taken for granted, nothing throws. */

export type JsonObject = Readonly<Record<string, unknown>>

/** @returns undefined when the text is no JSON, or nested deeper than anyone means it. */
export function parseJson(text: string): unknown {
  return isTooDeep(text) ? undefined : parseChecked(text)
}

/** The same of a text whose depth was looked at before, as a request's is when its view is made. */
export function parseChecked(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function asObject(value: unknown): JsonObject | undefined {
  // An object that is no array is read by keys; what lies under them stays unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

export function asArray(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined
}

/** @returns undefined also for the empty string: no vendor means anything by it. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
