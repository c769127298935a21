/** Publishes the record of a message when it is done. What is kept of its text is the operator's choice. */
import { hash } from 'node:crypto'
import type { Events } from '../core/events.ts'
import type { Run, TextFacts } from './run.ts'

export type TextKept = 'hash' | 'text' | 'none'

const HASH_DIGITS = 16
const TEXT_MAX = 4_000

export function publishRecord(run: Run, outcome: string, kept: TextKept, events: Events): void {
  const record = run.record(outcome, textFacts(run.view.texts[0] ?? '', kept))
  events.publish('message-done', { record, spans: run.spans })
}

export function textFacts(text: string, kept: TextKept): TextFacts {
  const textLength = text.length
  if (kept === 'none') return { textHash: null, textLength }
  const textHash = hash('sha256', text, 'hex').slice(0, HASH_DIGITS)
  return kept === 'text' ? { textHash, textLength, text: text.slice(0, TEXT_MAX) } : { textHash, textLength }
}
