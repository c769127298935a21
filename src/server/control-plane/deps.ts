import type { IncomingHttpHeaders } from 'node:http'
import type { Classifier } from '../../classify/classifier.ts'
import type { DecisionRecord } from '../../core/decision.ts'
import type { Engine } from '../../core/engine.ts'
import type { SignalboxError } from '../../core/errors.ts'
import type { System } from '../../core/system.ts'
import type { Span } from '../../core/trace.ts'

/** The decision log, as far as the control plane reads it. */
export interface DecisionReader {
  /** Newest first; with `before`, those older than the record of that id. */
  newest(limit: number, before?: string): Promise<readonly DecisionRecord[]>
}

/** What `GET /api/traces/:id` answers. */
export interface TraceRecord {
  readonly id: string
  readonly decision: DecisionRecord
  readonly spans: readonly Span[]
}

/** The traces that are still remembered. */
export interface TraceReader {
  find(id: string): TraceRecord | undefined
}

/** Who may ask. Each gives the refusal, or undefined when the request may pass. */
export interface Access {
  control(headers: IncomingHttpHeaders): SignalboxError | undefined
  metrics(headers: IncomingHttpHeaders): SignalboxError | undefined
}

/** What the control plane shows and steers; whoever starts the server brings it. */
export interface ControlPlaneDeps {
  readonly engine: Engine
  readonly system: System
  readonly decisions: DecisionReader
  readonly traces: TraceReader
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /** The configuration with its secrets masked; undefined when there is none to show. */
  readonly config: unknown
  /**
   * A classifier of these packs, by name. It is asked for at each request: keep compiled packs.
   * @throws SignalboxError for a pack that does not exist.
   */
  classifyWith(packs: readonly string[]): Pick<Classifier, 'classify'>
  readonly access: Access
  /** True where the server listens on loopback without keys: only then the guard of guard.ts applies. */
  readonly loopback: boolean
  /** The longest body of POST /api/messages; every other body may hold 1 MiB. */
  readonly bodyBytes: number
  /** True once the process has begun to shut down. */
  draining?(): boolean
}
