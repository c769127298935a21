/**
 * normal → degraded (the classifier rests, or the queue has refused for 5 s) → emergency (a route had no worker
 * of its own), and back after 30 s without either. Pure: `transition(state, event, nowMs) → state`.
 */
import type { Mode } from '../core/events.ts'

export interface ModeState {
  readonly mode: Mode
  /** What led here, in words. */
  readonly cause: string
  /** When the last trouble was seen; the way back counts from here. */
  readonly troubleAtMs: number
  /** Since when the queue refuses without taking anything; undefined when it takes. */
  readonly refusingSinceMs: number | undefined
  readonly classifierRests: boolean
}

export type ModeEvent =
  | 'classifier-rests'
  | 'classifier-back'
  | 'queue-refused'
  | 'queue-took'
  | 'no-worker-in-route'
  | 'time'

export const normalMode: ModeState = {
  mode: 'normal',
  cause: 'start',
  troubleAtMs: 0,
  refusingSinceMs: undefined,
  classifierRests: false,
}

export const REFUSING_MS = 5_000
export const CLEAN_MS = 30_000

export function transition(state: ModeState, event: ModeEvent, nowMs: number): ModeState {
  switch (event) {
    case 'classifier-rests':
      return trouble({ ...state, classifierRests: true }, 'degraded', 'the classifier rests', nowMs)
    case 'classifier-back':
      return { ...state, classifierRests: false, troubleAtMs: nowMs }
    case 'queue-took':
      return state.refusingSinceMs === undefined ? state : { ...state, refusingSinceMs: undefined }
    case 'queue-refused': {
      const since = state.refusingSinceMs ?? nowMs
      const next = { ...state, refusingSinceMs: since }
      if (nowMs - since >= REFUSING_MS) return trouble(next, 'degraded', 'the queue is full', nowMs)
      return next
    }
    case 'no-worker-in-route':
      return trouble(state, 'emergency', 'a route has no healthy worker', nowMs)
    case 'time':
      if (state.mode === 'normal' || state.classifierRests) return state
      if (nowMs - state.troubleAtMs < CLEAN_MS) return state
      return { ...state, mode: 'normal', cause: '30 s without trouble' }
  }
}

/** Never from emergency to degraded by new trouble: the worse one holds until the way back. */
function trouble(state: ModeState, mode: Mode, cause: string, nowMs: number): ModeState {
  if (state.mode === 'emergency' && mode === 'degraded') return { ...state, troubleAtMs: nowMs }
  if (state.mode === mode) return { ...state, troubleAtMs: nowMs }
  return { ...state, mode, cause, troubleAtMs: nowMs }
}
