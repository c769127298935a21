import type { MovePolicy } from './policy.ts'
import { priceMove } from './price-move.ts'
import { unpriced } from './unpriced.ts'
import { dollars, moveInWords } from './words.ts'

/**
 * Follows the class as long as switching stays cheap: all paid switches of a conversation together may cost at most
 * `capShare` of what it has cost so far. A move that pays at once is not counted.
 */
export function capped(capShare: number): MovePolicy {
  return Object.freeze<MovePolicy>({
    name: 'capped',
    judge(moveCase) {
      const price = priceMove(moveCase)
      if (!price) return unpriced(moveCase)
      const { savesUsdPerTurn, costsUsdOnce } = price
      const leftUsd = Math.max(0, capShare * moveCase.spentUsd - moveCase.switchedUsd)
      const move = costsUsdOnce <= leftUsd
      const limit = costsUsdOnce > 0 ? `; switching may cost ${dollars(leftUsd)} by now` : ''
      const because = `${move ? 'move' : 'stay'}: ${moveInWords(moveCase, price)}${limit}`
      return { move, savesUsdPerTurn, costsUsdOnce, because }
    },
  })
}
