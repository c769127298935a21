import type { MoveCase } from './policy.ts'

/** A conversation with opus of 50,000 cached tokens: one request and 1,000 tokens of output a turn, and no growth. */
export function moveCase(changes: Pick<MoveCase, 'home' | 'target'> & Partial<MoveCase>): MoveCase {
  const promptTokens = changes.promptTokens ?? 50_000
  return {
    promptTokens,
    cachedTokens: promptTokens,
    longCache: false,
    homeWarmTokens: promptTokens,
    targetWarmTokens: 0,
    turn: { requests: 1, outputTokens: 1_000, grownTokens: 0 },
    rest: { turns: 10, errorTurns: 0 },
    changeRate: 0,
    warmRate: 1,
    confidence: 0.9,
    thinking: false,
    spentUsd: 1,
    switchedUsd: 0,
    ...changes,
  }
}
