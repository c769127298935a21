import type { z } from 'zod'
import { isLaterKey, laterValue, type Path } from './later.ts'
import { nearest } from '../core/nearest.ts'
import type { Problem } from './problems.ts'
import { getPath } from './untyped.ts'

/** The schema's findings in the operator's words: no value that may be a secret, the nearest name for a slip. */
type Issue = z.core.$ZodIssue

export interface IssueContext {
  readonly root: unknown
  readonly isSecret: (path: Path) => boolean
  /** The names that an object knows, by the list of the names that it did not. */
  readonly knownNames: WeakMap<readonly string[], readonly string[]>
}

const NOT_YET = 'is not in this version'

export function problemsOf(
  issues: readonly Issue[],
  context: IssueContext,
  base: Path = [],
): readonly Problem[] {
  return issues.flatMap((issue) => {
    // Parsed values have names and indices for keys, never symbols.
    const path = [...base, ...(issue.path as (string | number)[])]
    const later = laterValue(path, getPath(context.root, path))
    if (later !== undefined) return [{ path, message: `${later} ${NOT_YET}`, notInThisVersion: true }]
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => unknownKey([...path, key], context.knownNames.get(issue.keys) ?? []))
      case 'invalid_union':
        return unionProblems(issue, path, context)
      case 'invalid_value':
        return [wrongChoice(path, issue.values.map(String), context)]
      case 'invalid_key':
        return [{ path, message: `as a name: ${issue.issues[0]?.message ?? 'not allowed'}`, atKey: true }]
      default:
        return [{ path, message: sentence(issue, getPath(context.root, path)) }]
    }
  })
}

function unknownKey(path: Path, names: readonly string[]): Problem {
  if (isLaterKey(path)) return { path, message: NOT_YET, atKey: true, notInThisVersion: true }
  const suggestion = nearest(String(path.at(-1)), names)
  return { path, message: 'unknown key', atKey: true, ...(suggestion === undefined ? {} : { suggestion }) }
}

function unionProblems(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  context: IssueContext,
): readonly Problem[] {
  const known = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : undefined
  if (known !== undefined) return [wrongChoice(path, known, context)]
  // The alternative that the value comes nearest to is the one that was meant.
  const alternatives = issue.errors.filter((errors) => errors.length > 0)
  const rank = (errors: readonly Issue[]): number => errors.reduce((sum, error) => sum + distance(error), 0)
  const best = alternatives.reduce<readonly Issue[]>(
    (chosen, errors) => (chosen.length === 0 || rank(errors) < rank(chosen) ? errors : chosen),
    [],
  )
  return problemsOf(best, context, path)
}

/** Another type altogether is farthest from what was meant, a name that is not known next. */
function distance(error: Issue): number {
  if (error.path.length === 0 && (error.code === 'invalid_type' || error.code === 'custom')) return 1000
  return error.code === 'unrecognized_keys' ? 10 : 1
}

function wrongChoice(path: Path, known: readonly string[], context: IssueContext): Problem {
  const value = getPath(context.root, path)
  const oneOf = `expected ${known.length === 1 ? '' : 'one of '}${known.join(', ')}`
  if (value === undefined) return { path, message: `is missing; ${oneOf}` }
  if (typeof value !== 'string' || context.isSecret(path)) return { path, message: oneOf }
  const suggestion = nearest(value, known)
  return { path, message: oneOf, ...(suggestion === undefined ? {} : { suggestion }) }
}

const expectations: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  object: 'a group of keys',
  record: 'a group of names',
  array: 'a list',
  boolean: 'true or false',
}

function sentence(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = expectations[issue.expected] ?? issue.expected
      if (value === undefined) return `is missing; expected ${expected}`
      if (value === null) return `is empty; give it a value or leave it out (expected ${expected})`
      return `expected ${expected}, got ${kindOf(value)}`
    }
    case 'too_big':
      return `must ${amount(issue.origin)}at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`
    case 'too_small':
      return `must ${amount(issue.origin)}at least ${issue.minimum}${unit(issue.origin, issue.minimum)}`
    default:
      // All patterns and refinements of the schema bring their own sentence.
      return issue.message
  }
}

function amount(origin: string): string {
  return origin === 'array' || origin === 'string' ? 'have ' : 'be '
}

function unit(origin: string, limit: number | bigint): string {
  if (origin === 'array') return Number(limit) === 1 ? ' entry' : ' entries'
  if (origin === 'string') return Number(limit) === 1 ? ' character' : ' characters'
  return ''
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'true or false'
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? Number.isInteger(value)
        ? 'a whole number'
        : 'a fraction'
      : 'no finite number'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a group of keys' : `a ${typeof value}`
}
