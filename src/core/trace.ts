/** One stretch of a message's journey. Times are milliseconds from the moment the message was received. */
export interface Span {
  readonly name: 'classify' | 'queue' | 'select' | 'upstream' | 'retry'
  readonly startMs: number
  readonly durationMs: number
  /** Short facts for people: the worker, the outcome, the reason to try again. */
  readonly note?: string
}

/** The ordered record of one message. */
export interface Trace {
  readonly id: string
  readonly spans: readonly Span[]
}
