/** A configuration to show: secrets are replaced, whatever their length, and base URLs lose user and password. */
const SECRET_KEYS = new Set(['apiKey', 'key', 'adminToken'])
const MASK = '•••'

export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskedEntry(key, inner)]))
}

function maskedEntry(key: string, value: unknown): unknown {
  if (SECRET_KEYS.has(key) && typeof value === 'string') return MASK
  if (key === 'baseUrl' && typeof value === 'string') return value.replace(/\/\/[^/@]*@/, `//${MASK}@`)
  return masked(value)
}
