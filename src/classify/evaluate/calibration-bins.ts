/** Rows whose confidence falls into the same tenth. */
export interface Bin {
  readonly rows: number
  readonly confidence: number
  readonly accuracy: number
}

const BINS = 10

/** Mean confidence beside mean outcome (0–1), tenth by tenth; bins without rows are there too, with zeros. */
export function calibrationBins(confidences: ArrayLike<number>, outcomes: ArrayLike<number>): readonly Bin[] {
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, confidence: 0, outcome: 0 }))
  for (let row = 0; row < confidences.length; row++) {
    const confidence = confidences[row] as number
    const bin = sums[Math.min(BINS - 1, Math.floor(confidence * BINS))]
    if (bin === undefined) continue
    bin.rows++
    bin.confidence += confidence
    bin.outcome += outcomes[row] as number
  }
  return sums.map(({ rows, confidence, outcome }) => ({
    rows,
    confidence: rows === 0 ? 0 : confidence / rows,
    accuracy: rows === 0 ? 0 : outcome / rows,
  }))
}

/** Expected calibration error: how far confidence and accuracy lie apart, on average over the rows. */
export function calibrationError(bins: readonly Bin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0)
  if (rows === 0) return 0
  return bins.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.confidence - bin.accuracy), 0) / rows
}
