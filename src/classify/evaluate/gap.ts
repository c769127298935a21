import type { Random } from '../../core/random.ts'

/**
 * How well a score decides which prompts deserve the strong model: RouteLLM's protocol (Ong et al., 2024). A prompt
 * goes to the strong model when its score is high; quality is the mean outcome of the models that were chosen.
 */
export interface Ranked {
  /** Falling. */
  readonly scores: Float64Array
  /** Outcome of the strong model less that of the weak one, row by row in the order of the scores. */
  readonly gains: Float64Array
  /** Mean outcomes. */
  readonly weak: number
  readonly strong: number
}

export interface Outcomes {
  readonly weak: Float64Array
  readonly strong: Float64Array
}

/** Share of strong calls, rising, and how much of the gap is recovered there (0 none, 1 all; beyond 1 is possible). */
export interface GapCurve {
  readonly shares: readonly number[]
  readonly recovered: readonly number[]
}

const QUANTILES = 10
/** Rows of the same score are put in a random, but seeded, order. */
const JITTER = 1e-9

export function ranked(scores: Float64Array, { weak, strong }: Outcomes): Ranked {
  const order = Array.from(scores.keys()).sort(
    (one, other) => (scores[other] as number) - (scores[one] as number) || one - other,
  )
  return {
    scores: Float64Array.from(order, (row) => scores[row] as number),
    gains: Float64Array.from(order, (row) => (strong[row] as number) - (weak[row] as number)),
    weak: mean(weak),
    strong: mean(strong),
  }
}

export function jittered(scores: Float64Array, random: Random): Float64Array {
  return scores.map((score) => score + JITTER * random.next())
}

/** At the 11 edges of 10 quantiles of the score: strong when a score is at or above the edge, at the last one above. */
export function gapCurve({ scores, gains, weak, strong }: Ranked): GapCurve {
  const rows = scores.length
  const gained = new Float64Array(rows + 1)
  for (let row = 0; row < rows; row++) gained[row + 1] = (gained[row] as number) + (gains[row] as number)
  const shares: number[] = []
  const recovered: number[] = []
  for (let edge = QUANTILES; edge >= 0; edge--) {
    const count = edge === QUANTILES ? 0 : countAtLeast(scores, quantile(scores, edge / QUANTILES))
    shares.push(count / rows)
    recovered.push((gained[count] as number) / rows / (strong - weak))
  }
  return { shares, recovered }
}

/** Linear between neighbours. */
function quantile(falling: Float64Array, share: number): number {
  const last = falling.length - 1
  const position = share * last
  const below = falling[last - Math.floor(position)] as number
  const above = falling[last - Math.ceil(position)] as number
  return below + (above - below) * (position - Math.floor(position))
}

function countAtLeast(falling: Float64Array, edge: number): number {
  let low = 0
  let high = falling.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((falling[middle] as number) >= edge) low = middle + 1
    else high = middle
  }
  return low
}

/** Area under the curve, divided by its width; a coin has 0.5. */
export function apgr({ shares, recovered }: GapCurve): number {
  let area = 0
  for (let at = 1; at < shares.length; at++) {
    const width = (shares[at] as number) - (shares[at - 1] as number)
    area += (width * ((recovered[at] as number) + (recovered[at - 1] as number))) / 2
  }
  return area / ((shares.at(-1) as number) - (shares[0] as number))
}

/** The same area with every row as an edge; rows of equal score share their gain. Takes scores without jitter. */
export function apgrExact({ scores, gains }: Ranked): number {
  const rows = scores.length
  let area = 0
  let gained = 0
  for (let first = 0; first < rows; ) {
    let last = first
    let gain = 0
    while (last < rows && scores[last] === scores[first]) gain += gains[last++] as number
    area += (last - first) * (gained + gain / 2)
    gained += gain
    first = last
  }
  return area / (rows * gained)
}

/** Share of strong calls, in percent, that recovers so much of the gap; between edges a straight line. */
export function callsFor(part: number, { shares, recovered }: GapCurve): number {
  for (let at = 0; at < shares.length; at++) {
    const here = recovered[at] as number
    if (here < part) continue
    if (at === 0) return 100 * (shares[0] as number)
    const before = recovered[at - 1] as number
    const from = shares[at - 1] as number
    return 100 * (from + ((part - before) / (here - before)) * ((shares[at] as number) - from))
  }
  return 100
}

const RESAMPLES = 300

/** The middle 95 % of the area over rows drawn with replacement. */
export function apgrInterval(
  { scores, gains, weak, strong }: Ranked,
  random: Random,
): readonly [number, number] {
  const rows = scores.length
  const found: number[] = []
  const times = new Int32Array(rows)
  for (let resample = 0; resample < RESAMPLES; resample++) {
    times.fill(0)
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor(random.next() * rows)
      times[row] = (times[row] as number) + 1
    }
    const drawn = { scores: new Float64Array(rows), gains: new Float64Array(rows) }
    let at = 0
    let sum = 0
    for (let row = 0; row < rows; row++)
      for (let copy = 0; copy < (times[row] as number); copy++) {
        drawn.scores[at] = scores[row] as number
        drawn.gains[at++] = gains[row] as number
        sum += gains[row] as number
      }
    // A resample without a gap says nothing.
    if (sum / rows > (strong - weak) * 1e-6)
      found.push(apgr(gapCurve({ ...drawn, weak: 0, strong: sum / rows })))
  }
  return middle95(found)
}

/** Between which values the middle 95 % lie. */
export function middle95(values: readonly number[]): readonly [number, number] {
  const rising = values.toSorted((one, other) => one - other)
  const at = (share: number): number => rising[Math.round(share * (rising.length - 1))] ?? Number.NaN
  return [at(0.025), at(0.975)]
}

function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
