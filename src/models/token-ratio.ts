import type { Card } from './card.ts'

/** Claude's newer counting makes some 30 % more tokens of a text. */
export const NEWER_CLAUDE = 1.3

/**
 * How many tokens the one model counts where the other counts one. Known between Claude's two ways of counting; between
 * vendors it depends on the text, and they are taken to count alike.
 */
export function tokenRatio(from: Card | undefined, to: Card | undefined): number {
  if (from?.tokenizer === 'claude' && to?.tokenizer === 'claude-4.7') return NEWER_CLAUDE
  if (from?.tokenizer === 'claude-4.7' && to?.tokenizer === 'claude') return 1 / NEWER_CLAUDE
  return 1
}
