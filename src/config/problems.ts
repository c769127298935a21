import { SignalboxError } from '../core/errors.ts'
import type { Path } from './later.ts'

/** What is wrong at one place of the configuration. Never quotes what may be a secret. */
export interface Problem {
  readonly path: Path
  /** What is wrong, without path and place. */
  readonly message: string
  /** The name that was probably meant. */
  readonly suggestion?: string
  /** The key itself is at fault, not its value. */
  readonly atKey?: boolean
  readonly notInThisVersion?: boolean
  readonly file?: string
  /** From 1. */
  readonly line?: number
  readonly column?: number
}

/** Enough to mend a file in one go; a file of nonsense does not fill the terminal. */
const SHOWN_MAX = 100

/** `signalbox.yaml:12:5 pools.opus.workers.0.capcity: unknown key; did you mean "capacity"?` */
export function describeProblem(problem: Problem): string {
  const line = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`
  const place = problem.file === undefined ? '' : `${problem.file}${line}`
  const path = problem.path.length === 0 ? '' : problem.path.map(clean).join('.')
  const where = [place, path].filter((part) => part !== '').join(' ')
  const meant = problem.suggestion === undefined ? '' : `; did you mean "${problem.suggestion}"?`
  return `${where === '' ? '' : `${where}: `}${problem.message}${meant}`
}

export function describeProblems(problems: readonly Problem[]): readonly string[] {
  const shown = problems.slice(0, SHOWN_MAX).map(describeProblem)
  const hidden = problems.length - shown.length
  return hidden > 0 ? [...shown, `… and ${hidden} more`] : shown
}

/** All of them in one error, for callers that get exceptions: the library. */
export function problemsError(problems: readonly Problem[]): SignalboxError {
  const first = problems[0]
  const lines = describeProblems(problems)
  const text =
    lines.length === 1
      ? `the configuration is invalid: ${lines[0]}`
      : [`the configuration has ${problems.length} problems:`, ...lines].join('\n  ')
  return new SignalboxError(
    'invalid-config',
    text,
    first === undefined ? {} : { path: first.path.map(clean).join('.') },
  )
}

/** Keys are written by the operator, but a terminal must survive them. */
function clean(part: string | number): string {
  const text = String(part).replace(/[\p{Cc}\u2028\u2029]/gu, '?')
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
