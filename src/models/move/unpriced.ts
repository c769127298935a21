import type { Judgement, MoveCase } from './policy.ts'

/** Without a card nothing can be weighed, and the class decides. */
export function unpriced({ home, target }: MoveCase): Judgement {
  const unknown = (home.card ? target : home).model
  const because = `move: to ${target.model}, as the class asks; the price of ${unknown} is not known`
  return { move: true, savesUsdPerTurn: 0, costsUsdOnce: 0, because }
}
