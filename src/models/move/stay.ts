import type { MovePolicy } from './policy.ts'
import { priceMove } from './price-move.ts'
import { moveInWords } from './words.ts'

/** A conversation lives where its first turn went, whatever its later turns ask for. */
export const stay: MovePolicy = Object.freeze<MovePolicy>({
  name: 'stay',
  judge(moveCase) {
    const price = priceMove(moveCase)
    const why = price ? `; ${moveInWords(moveCase, price)}` : ''
    return {
      move: false,
      savesUsdPerTurn: price?.savesUsdPerTurn ?? 0,
      costsUsdOnce: price?.costsUsdOnce ?? 0,
      because: `stay: conversations do not move to ${moveCase.target.model} or elsewhere${why}`,
    }
  },
})
