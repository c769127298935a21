import type { Random } from '../../core/random.ts'

/** Which fold each row is held out in, 0 … folds − 1. */
export type Folds = Int32Array

/** A random order of 0 … count − 1. */
export function shuffled(count: number, random: Random): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  for (let index = 0; index < count - 1; index++) {
    const other = index + Math.floor(random.next() * (count - index))
    const kept = order[index] as number
    order[index] = order[other] as number
    order[other] = kept
  }
  return order
}

/**
 * Rows of the same group stay together. Groups are dealt out largest first, each to the fold with the fewest rows, so
 * that the folds are of one size; among groups of a size chance decides.
 */
export function groupFolds(groups: readonly string[], folds: number, random: Random): Folds {
  const sizes = new Map<string, number>()
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  const names = [...sizes.keys()].toSorted()
  const order = shuffled(names.length, random)
    .map((index) => names[index] as string)
    .toSorted((one, other) => (sizes.get(other) ?? 0) - (sizes.get(one) ?? 0))
  const filled = new Int32Array(folds)
  const foldOf = new Map<string, number>()
  for (const name of order) {
    let fold = 0
    for (let other = 1; other < folds; other++)
      if ((filled[other] as number) < (filled[fold] as number)) fold = other
    foldOf.set(name, fold)
    filled[fold] = (filled[fold] as number) + (sizes.get(name) ?? 0)
  }
  return Int32Array.from(groups, (group) => foldOf.get(group) as number)
}

/** Each label is spread evenly over the folds. */
export function stratifiedFolds(labels: readonly string[], folds: number, random: Random): Folds {
  const rowsOf = Map.groupBy(labels.keys(), (row) => labels[row] as string)
  const foldOf = new Int32Array(labels.length)
  let place = 0
  for (const name of [...rowsOf.keys()].toSorted()) {
    const rows = rowsOf.get(name) ?? []
    for (const index of shuffled(rows.length, random)) foldOf[rows[index] as number] = place++ % folds
  }
  return foldOf
}

/** The same share of every label, chosen at random; in rising order. */
export function stratifiedSample(
  labels: readonly string[],
  count: number,
  random: Random,
): readonly number[] {
  const rowsOf = Map.groupBy(labels.keys(), (row) => labels[row] as string)
  const places: { readonly row: number; readonly place: number }[] = []
  for (const name of [...rowsOf.keys()].toSorted()) {
    const rows = rowsOf.get(name) ?? []
    // Where a row stands among those of its label, 0–1: the first count of all labels together are taken.
    for (const [turn, index] of shuffled(rows.length, random).entries())
      places.push({ row: rows[index] as number, place: (turn + random.next()) / rows.length })
  }
  return places
    .toSorted((one, other) => one.place - other.place || one.row - other.row)
    .slice(0, count)
    .map(({ row }) => row)
    .toSorted((one, other) => one - other)
}
