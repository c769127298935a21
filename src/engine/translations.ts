/**
 * The translations are loaded when a client and a worker first speak different protocols: they take 10 MB, which a fleet
 * of one protocol can do without.
 */
import type { Wire } from '../core/wire.ts'
import type { Translation } from '../wire/translation.ts'

/** Undefined where both speak the same. */
export type TranslationOf = (
  from: Wire,
  to: Wire,
) => Translation | undefined | Promise<Translation | undefined>

export function lazyTranslations(): TranslationOf {
  let find: ((from: Wire, to: Wire) => Translation | undefined) | undefined
  return (from, to) => {
    if (from === to) return undefined
    if (find) return find(from, to)
    return import('../wire/translate/catalog.ts').then(({ translation }) => {
      find = translation
      return translation(from, to)
    })
  }
}
