/**
 * Keys and values that are designed but not built: refused by name, so that nobody mistakes them for a slip of the
 * pen, or believes that they have an effect. In a path, `*` stands for any one name or index.
 */
interface LaterKey {
  readonly path: string
  /** Only these values of the key, or all that this version does not know; without, the key itself. */
  readonly values?: readonly string[] | 'all'
}

const laterKeys: readonly LaterKey[] = [
  { path: 'safeguards.model', values: 'all' },
  { path: 'rollout' },
  { path: 'pools.*.locality' },
  { path: 'pools.*.strategy', values: ['peak-ewma', 'prequal', 'predictive'] },
  { path: 'pools.*.workers.*.kind', values: ['claude-code', 'process', 'codex', 'acp'] },
  { path: 'pools.*.workers.*.region' },
  { path: 'pools.*.workers.*.maxTurns' },
  { path: 'classify.learn' },
  { path: 'classify.model', values: ['bundled'] },
  { path: 'queue.order', values: ['aging', 'deadline'] },
  { path: 'store.redis' },
  { path: 'auth.keys.*.budgetUsd' },
]

export type Path = readonly (string | number)[]

export function isLaterKey(path: Path): boolean {
  return laterKeys.some((later) => later.values === undefined && matches(later.path, path))
}

/** How to name a value that the schema has refused, when it is refused only for now. */
export function laterValue(path: Path, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  for (const { path: pattern, values } of laterKeys) {
    if (values === undefined || !matches(pattern, path)) continue
    if (values === 'all') return 'this value'
    if (values.includes(value)) return `"${value}"`
  }
  return undefined
}

function matches(pattern: string, path: Path): boolean {
  const parts = pattern.split('.')
  return parts.length === path.length && parts.every((part, index) => part === '*' || part === path[index])
}
