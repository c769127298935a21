import type { MoveCase } from './policy.ts'
import type { MovePrice } from './price-move.ts'

/** "moving to claude-sonnet-5-5 saves $0.025 a turn and costs $0.335 once": what a move means, for people. */
export function moveInWords({ target }: MoveCase, { savesUsdPerTurn, costsUsdOnce }: MovePrice): string {
  const saves =
    savesUsdPerTurn >= 0
      ? `saves ${dollars(savesUsdPerTurn)} a turn`
      : `costs ${dollars(-savesUsdPerTurn)} a turn more`
  const once = costsUsdOnce > 0 ? ` and costs ${dollars(costsUsdOnce)} once` : ' at once'
  return `moving to ${target.model} ${saves}${costsUsdOnce <= 0 && savesUsdPerTurn < 0 ? '' : once}`
}

/** Dollars with as many digits as say something: cents and tenths of them above a cent, two digits below. */
export function dollars(usd: number): string {
  if (usd >= 100) return `$${usd.toFixed(0)}`
  if (usd >= 1) return `$${usd.toFixed(2)}`
  if (usd >= 0.01 || usd === 0) return `$${usd.toFixed(3)}`
  return usd < 0.000_01 ? 'less than $0.00001' : `$${usd.toFixed(Math.ceil(-Math.log10(usd)) + 1)}`
}
