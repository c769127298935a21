import type { z } from 'zod'
import { SignalboxError } from '../../core/errors.ts'

type Issue = z.core.$ZodIssue

/** The first thing that is wrong with a request's data, with the path to it: `tools[3].name`; `part` where it is the whole. */
export function validationRefusal(error: z.ZodError, part: string): SignalboxError {
  const [first] = error.issues
  if (!first) return new SignalboxError('invalid-message', 'the request is not valid')
  const issue = deepest(first)
  // An unknown key stands in the object that holds it, not in the path.
  const keys = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path
  const path = pathText(keys) || part
  return new SignalboxError('invalid-message', `${path}: ${issue.message}`, { path })
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
