import type { Dialect } from '../wire/dialects.ts'
import type { Target } from '../wire/translation.ts'
import type { Card } from './card.ts'

/** What a translation must know of a model; without a card nothing but its name and its server's dialect. */
export function targetOf(model: string, card: Card | undefined, dialect: Dialect): Target {
  return {
    model,
    outputTokensMax: card?.outputTokensMax,
    dialect,
    ...(card?.takes && { takes: card.takes }),
  }
}
