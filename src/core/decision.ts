import type { ClientRequest } from './client-request.ts'
import type { Outcome } from './outcome.ts'

/** One reason for a class: which signal, what it saw, how much it weighs. */
export interface Reason {
  readonly signal: string
  readonly detail: string
  readonly weight: number
}

export type ClassSource =
  | 'forced'
  | 'hint'
  | 'pattern'
  | 'learned'
  | 'turn'
  | 'request-class'
  | 'fallback'
  | 'cache'

export interface Classification {
  readonly class: string
  /** 0–1: best / (best + second), at most 0.99; 1 only for a forced class. */
  readonly confidence: number
  readonly source: ClassSource
  readonly reasons: readonly Reason[]
  /** What it took, in microseconds. */
  readonly micros: number
}

/** The explained choice for one message: what `POST /api/route` answers. */
export interface Decision {
  readonly class: string
  readonly confidence: number
  readonly source: ClassSource
  /** The route's name; null when a pool or model was asked for by name. */
  readonly route: string | null
  /** Pool, worker and model that would answer now; null when none can. */
  readonly pool: string | null
  readonly worker: string | null
  readonly model: string | null
  readonly reasons: readonly Reason[]
}

export interface Alternative {
  readonly worker: string
  /** Higher is better; comparable only within one answer. */
  readonly score: number
  readonly why: string
}

export interface Choice {
  readonly decision: Decision
  readonly alternatives: readonly Alternative[]
}

export interface AttemptRecord {
  readonly worker: string
  readonly outcome: Outcome['kind'] | string
  readonly ms: number
}

/** One line of `GET /api/decisions`: everything about a finished message but its text. */
export interface DecisionRecord {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly at: string
  readonly session: string | null
  /** How the message came: anthropic, openai-chat, library. */
  readonly kind: string
  /** What a coding agent sent it for; only where the client says or shows it. */
  readonly request?: Pick<ClientRequest, 'kind' | 'guessed'>
  readonly textHash: string | null
  readonly textLength: number
  /** Only where `decisions.keep` is `text`. */
  readonly text?: string
  readonly class: string
  readonly confidence: number
  readonly source: ClassSource
  readonly reasons: readonly Reason[]
  readonly route: string | null
  readonly pool: string | null
  readonly worker: string | null
  /** The model that served. */
  readonly model: string | null
  /** The model that was asked for. */
  readonly asked: string
  readonly attempts: readonly AttemptRecord[]
  /** `ok`, or the code of the error that the caller got. */
  readonly outcome: string
  readonly losses: readonly string[]
  readonly waitMs: number
  readonly upstreamMs: number
  readonly totalMs: number
  readonly costUsd: number
  /** `estimated`: by the size of what was seen, where the worker told none. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number; readonly estimated?: true }
}
