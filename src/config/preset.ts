import { checkConfig } from './check.ts'
import { problemsError } from './problems.ts'
import type { Config } from './schema.ts'

/**
 * The preset: what runs without a file.
 * @throws SignalboxError invalid-config when a key in the environment cannot be one.
 */
export function defaultConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const checked = checkConfig({}, { env })
  if (checked.kind === 'valid') return checked.config
  throw problemsError(checked.problems)
}
