import type { z } from 'zod'
import { SignalboxError } from '../../core/errors.ts'
import { suggestion } from '../../core/nearest.ts'

type Issue = z.core.$ZodIssue

/** The first thing that is wrong with a request's data, with the path to it: `tools[3].name`; `part` where it is the whole. */
export function validationRefusal(error: z.ZodError, part: string): SignalboxError {
  const [first] = error.issues
  if (!first) return new SignalboxError('invalid-message', 'the request is not valid')
  const issue = deepest(first)
  // An unknown key stands in the object that holds it, not in the path.
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  const path = pathText(keys) || part
  return new SignalboxError('invalid-message', `${path} ${issue.message}`, { path })
}

/**
 * The issue in words that go on from its path: "is missing", "must be text". For `safeParse`'s `error`: what a schema
 * says by itself, also beginning with "must", comes first. Values are not repeated.
 */
export function predicateOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return issue.input === undefined
        ? 'is missing'
        : `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      if (counted(issue.origin)) return `must have at least ${counts(issue.origin, issue.minimum)}`
      return issue.inclusive === false
        ? `must be above ${issue.minimum}`
        : `must be at least ${issue.minimum}`
    case 'too_big':
      if (counted(issue.origin)) return `must have at most ${counts(issue.origin, issue.maximum)}`
      return `must be at most ${issue.maximum}`
    case 'unrecognized_keys':
      return `is no key that is known here${knownKeys(issue)}`
    default:
      return 'is not valid'
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

function counted(origin: string): boolean {
  return origin === 'string' || origin === 'array'
}

function counts(origin: string, count: number | bigint): string {
  const one = origin === 'array' ? 'entry' : 'character'
  const many = origin === 'array' ? 'entries' : 'characters'
  return `${count} ${Number(count) === 1 ? one : many}`
}

function knownKeys({ keys, inst }: Extract<z.core.$ZodRawIssue, { code: 'unrecognized_keys' }>): string {
  // Only strict objects report unknown keys, and each of them has a shape.
  const definition = inst?._zod.def as { shape?: object } | undefined
  const known = Object.keys(definition?.shape ?? {})
  return known.length === 0 ? '' : `; ${suggestion(keys[0] ?? '', known)}`
}

/** Of a union's branches, the one that got furthest is what the caller meant; none did: the union itself. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  let best: Issue = issue
  let depth = 0
  for (const branch of issue.errors) {
    const [inner] = branch
    if (!inner || inner.path.length <= depth) continue
    depth = inner.path.length
    best = { ...inner, path: [...issue.path, ...inner.path] }
  }
  return best
}

function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += text === '' ? String(step) : `.${String(step)}`
  }
  return text
}
