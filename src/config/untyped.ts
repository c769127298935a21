/** Careful reading of values whose shape nobody has checked yet: what is not there is undefined or empty. */
export function get(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  // Any object can be read by a key that it owns.
  return (value as Readonly<Record<string | number, unknown>>)[key]
}

export function getPath(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => get(inner, key), value)
}

export function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
