/**
 * The name that was probably meant. Distance: insertions, deletions, replacements and swaps of neighbours (optimal
 * string alignment), without regard to case. O(names × length²), so long names are not compared at all.
 */
const LENGTH_MAX = 64

/** @returns undefined when nothing is near enough to be a likely slip. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  if (name.length > LENGTH_MAX) return undefined
  // One of two letters is no slip: any name would do.
  const limit = name.length < 3 ? 0 : Math.max(1, Math.floor(name.length / 3))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) > limit || candidate.length > LENGTH_MAX) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

export function editDistance(from: string, to: string): number {
  let twoAbove: number[] = []
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(
        at(above, column) + 1,
        at(current, column - 1) + 1,
        at(above, column - 1) + (same ? 0 : 1),
      )
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, at(twoAbove, column - 2) + 1)
      current.push(cost)
    }
    twoAbove = above
    above = current
  }
  return at(above, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}

/** "did you mean …?", or what there is. */
export function suggestion(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return near === undefined ? `there are: ${names.join(', ')}` : `did you mean "${near}"?`
}
