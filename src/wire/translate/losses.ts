import type { Loss } from '../../core/loss.ts'
import type { JsonObject } from './json-tree.ts'

/**
 * What a translation could not carry over, each code once, in order of appearance. Bounded, because the codes go into
 * a reply header and field names come from the caller: beyond 32 codes the last one says that there were more, and
 * a name that is no plain word is not repeated.
 */
export interface Losses {
  add(code: Loss): void
  removed(field: string): void
  /** Notes every given field of `object` that is not among `known` as removed. */
  removedOthers(object: JsonObject, known: ReadonlySet<string>): void
  list(): readonly string[]
}

const LOSSES_MAX = 32
const PLAIN_NAME = /^[A-Za-z0-9_.-]{1,64}$/

export function createLosses(): Losses {
  const codes = new Set<string>()

  function add(code: Loss): void {
    if (codes.size < LOSSES_MAX - 1 || codes.has(code)) codes.add(code)
    else codes.add('removed:more')
  }

  function removed(field: string): void {
    add(PLAIN_NAME.test(field) ? `removed:${field}` : 'removed:unnamed')
  }

  return {
    add,
    removed,
    removedOthers(object, known) {
      for (const field of Object.keys(object)) {
        const value = object[field]
        if (value !== undefined && value !== null && !known.has(field)) removed(field)
      }
    },
    list: () => [...codes],
  }
}
