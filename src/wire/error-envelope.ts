import type { SignalboxError } from '../core/errors.ts'

/** What the error envelopes of all protocols say alike. */

/** What is wrong and what to do about it. */
export function sentenceOf(error: SignalboxError): string {
  const message = error.message === '' ? error.code : error.message
  const end = /[.!?…]$/.test(message) ? '' : '.'
  return `${message}${end} ${error.hint}`
}

/** The account behind every worker is spent: the caller must not come back soon. */
export function isBudgetStop(error: SignalboxError): boolean {
  return error.code === 'worker-budget-spent'
}
