/** One measured line: ours, and a reference measured in the same run. */
export interface BenchRow {
  readonly name: string
  readonly ours: number
  readonly unit: string
  readonly reference?: { readonly name: string; readonly value: number }
  readonly target?: string
  /** What else was counted in the same run, in words. */
  readonly also?: string
  /** Why it could not be measured here; then `ours` is 0. */
  readonly skipped?: string
}

export interface BenchOptions {
  /** A folder with data that is not part of the repository; what needs it is skipped without. */
  readonly data?: string
  /** The side-by-side with other gateways: a command that takes --target and --name. */
  readonly peers?: string
  /** Fewer samples: shows that the bench runs, not what it measures. */
  readonly quick?: boolean
}
