/**
 * How well a worker is, told from two sources: what its traffic shows (passive) and what a probe finds (active).
 * Pure: `observe(health, fact, nowMs) → health`; the engine's vitals hold the state and the timer.
 */
import type { BreakerState, WorkerState } from '../core/worker.ts'

export interface Health {
  /** Moving average of success, 0–1: each outcome moves it by a tenth of the distance. */
  readonly successRate: number
  /** Probes failed in a row. */
  readonly probeFailures: number
  /** When it came back after having been out; traffic returns over RAMP_MS from then. undefined: long ago. */
  readonly recoveredAtMs: number | undefined
}

export type HealthFact = 'success' | 'failure' | 'probe-ok' | 'probe-failed' | 'recovered'

export const newHealth: Health = { successRate: 1, probeFailures: 0, recoveredAtMs: undefined }

const EWMA_SHARE = 0.1
/** Full traffic comes back over 30 s, from a tenth: a worker that restarts is cold (Envoy's slow start). */
export const RAMP_MS = 30_000
const SHARE_MIN = 0.1
const DEGRADED_BELOW = 0.8
/** One lost probe is noise, two are a pattern. */
const PROBES_UNAVAILABLE = 2

export function observe(health: Health, fact: HealthFact, nowMs: number): Health {
  switch (fact) {
    case 'success':
    case 'failure': {
      const target = fact === 'success' ? 1 : 0
      return { ...health, successRate: health.successRate + (target - health.successRate) * EWMA_SHARE }
    }
    case 'probe-ok': {
      const back = health.probeFailures >= PROBES_UNAVAILABLE
      return { ...health, probeFailures: 0, recoveredAtMs: back ? nowMs : health.recoveredAtMs }
    }
    case 'probe-failed':
      return { ...health, probeFailures: health.probeFailures + 1 }
    case 'recovered':
      return { ...health, successRate: 1, recoveredAtMs: nowMs }
  }
}

/** A worker whose breaker is half-open takes one probe as if healthy: its gate, not its state, bounds it. */
export function stateOf(health: Health, breaker: BreakerState): WorkerState {
  if (health.probeFailures >= PROBES_UNAVAILABLE) return 'unavailable'
  if (breaker === 'open') return 'unhealthy'
  if (breaker === 'half-open' || health.probeFailures > 0 || health.successRate < DEGRADED_BELOW)
    return 'degraded'
  return 'healthy'
}

/** 0.1–1: the share of its usual traffic that a worker should get now. */
export function shareOf(health: Health, nowMs: number): number {
  const ramp = health.recoveredAtMs === undefined ? 1 : (nowMs - health.recoveredAtMs) / RAMP_MS
  return Math.max(SHARE_MIN, Math.min(1, ramp) * health.successRate)
}
