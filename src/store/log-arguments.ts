/** What every store checks alike: a wrong name or number is a bug of the caller and throws at once. */

/** A log's name becomes part of a table's or key's name. */
export function checkName(name: string): void {
  if (!/^[a-z][a-z0-9_-]{0,39}$/.test(name)) throw new RangeError(`not a name for a log: ${name}`)
}

export function checkKeep(keep: number): void {
  if (!Number.isSafeInteger(keep) || keep < 1) throw new RangeError(`keep is ${keep}: it is 1 or more`)
}

/** How many entries a page holds at most: whole, and none for what is no positive number. */
export function wholeLimit(limit: number): number {
  return limit > 0 ? Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER) : 0
}
