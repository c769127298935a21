import type { Judgement, MoveCase, MovePolicy } from './policy.ts'
import { priceMove } from './price-move.ts'
import { unpriced } from './unpriced.ts'
import { dollars, moveInWords } from './words.ts'

/**
 * Moves to a cheaper model when what it saves over the expected rest of the conversation is more than what it costs:
 * the cold cache, the reasoning lost, and the way back where a later turn asks for the home again. The rest is taken
 * one standard error shorter than expected, so that little knowledge means few moves.
 *
 * A dearer model is asked for its quality, which has no price here. Whoever wrote the route takes a first turn there at
 * this price, and climbing costs no more than that; so the class is obeyed, unless it is a mere guess.
 */
export const expectedValue: MovePolicy = Object.freeze<MovePolicy>({
  name: 'expected-value',
  judge(moveCase) {
    const price = priceMove(moveCase)
    if (!price) return unpriced(moveCase)
    const { savesUsdPerTurn, costsUsdOnce } = price
    const what = moveInWords(moveCase, price)
    if (savesUsdPerTurn < 0) return climb(moveCase, { savesUsdPerTurn, costsUsdOnce }, what)
    const { turns, coldReturns } = expectedStay(moveCase)
    const lost = price.reasoningUsd + coldReturns * price.wayBackUsd
    const move = savesUsdPerTurn * turns > costsUsdOnce + lost
    const rest = `${turnsInWords(turns)} there`
    const risk = lost >= 0.0001 ? `, ${dollars(lost)} at risk for reasoning lost and the way back` : ''
    return {
      move,
      savesUsdPerTurn,
      costsUsdOnce,
      because: `${move ? 'move' : 'stay'}: ${what} (${rest}${risk})`,
    }
  },
})

/** Below it, the class is a guess: where a text gives no signal at all, a conversation need not climb for it. */
const SURE = 0.5

function climb(
  { confidence }: MoveCase,
  price: Pick<Judgement, 'savesUsdPerTurn' | 'costsUsdOnce'>,
  what: string,
): Judgement {
  const move = confidence >= SURE
  const because = move
    ? `move: ${what}, for the quality that the class asks for`
    : `stay: ${what}, and little in the text asks for it`
  return { move, ...price, because }
}

interface ExpectedStay {
  /** How long it would stay at the target, in turns after this one. */
  readonly turns: number
  /** How likely it then comes back to a home that has gone cold for its absence. */
  readonly coldReturns: number
}

/**
 * Each later turn stays with the chance q = 1 − changeRate, for at most the rest of the conversation. One that comes back
 * at the k-th turn finds home warm with the chance w^(k+1), where w = warmRate; had it stayed, with the chance w.
 */
function expectedStay({ rest, changeRate, warmRate }: MoveCase): ExpectedStay {
  const left = Math.max(0, rest.turns - rest.errorTurns)
  const keeps = 1 - changeRate
  const both = keeps * warmRate
  return {
    turns: keeps * powers(keeps, left),
    coldReturns: changeRate * warmRate * (powers(keeps, left) - warmRate * powers(both, left)),
  }
}

/** 1 + x + x² … with `count` terms; the count need not be whole. */
function powers(x: number, count: number): number {
  return x >= 1 ? count : (1 - x ** count) / (1 - x)
}

function turnsInWords(turns: number): string {
  const rounded = turns < 10 ? Number(turns.toFixed(1)) : Math.round(turns)
  return `about ${rounded} more ${rounded === 1 ? 'turn' : 'turns'}`
}
