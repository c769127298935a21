/** What a threshold on the score would do: who goes to the strong model, and what is kept of its quality. */
export interface ThresholdRow {
  /** A prompt with at least this score goes to the strong model. */
  readonly threshold: number
  /** 0–1 */
  readonly strongShare: number
  /** Mean outcome, and as a part of what the strong model alone reaches. */
  readonly quality: number
  readonly qualityKept: number
}

export interface ScoredOutcome {
  readonly score: number
  readonly weak: number
  readonly strong: number
}

const SHARES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

export function thresholdTable(rows: readonly ScoredOutcome[]): readonly ThresholdRow[] {
  const every = everyThreshold(rows)
  return SHARES.map((share) => nearestShare(every, share))
}

/** The threshold that sends about this share of the prompts to the strong model. */
export function thresholdForStrong(rows: readonly ScoredOutcome[], share: number): ThresholdRow {
  return nearestShare(everyThreshold(rows), share)
}

/** The highest threshold that keeps this part of the strong model's quality, as far as these rows can tell. */
export function thresholdForQuality(rows: readonly ScoredOutcome[], kept: number): ThresholdRow {
  const every = everyThreshold(rows)
  return every.find((row) => row.qualityKept >= kept) ?? (every.at(-1) as ThresholdRow)
}

/** One after each distinct score, from "none to the strong" to "all". */
function everyThreshold(rows: readonly ScoredOutcome[]): readonly ThresholdRow[] {
  const falling = rows.toSorted((one, other) => other.score - one.score)
  const strongOnly = falling.reduce((sum, { strong }) => sum + strong, 0) / falling.length
  let total = falling.reduce((sum, { weak }) => sum + weak, 0)
  const rowAt = (count: number, threshold: number): ThresholdRow => {
    const quality = total / falling.length
    return {
      threshold,
      strongShare: count / falling.length,
      quality,
      qualityKept: strongOnly === 0 ? 1 : quality / strongOnly,
    }
  }
  const found = [rowAt(0, 1)]
  for (const [index, { score, weak, strong }] of falling.entries()) {
    total += strong - weak
    if (falling[index + 1]?.score !== score) found.push(rowAt(index + 1, score))
  }
  return found
}

function nearestShare(every: readonly ThresholdRow[], share: number): ThresholdRow {
  return every.reduce((best, row) =>
    Math.abs(row.strongShare - share) < Math.abs(best.strongShare - share) ? row : best,
  )
}
