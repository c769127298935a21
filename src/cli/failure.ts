/**
 * A command that cannot go on, in words for the person at the terminal. The exit code says whose fault it is:
 * 2 for wrong usage, 1 for everything else.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: 1 | 2
  /** For --json. */
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    exitCode: 1 | 2,
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.exitCode = exitCode
    this.code = code
    this.details = details
  }
}

export function wrongUsage(message: string): Failure {
  return new Failure(2, 'wrong-usage', message)
}
