import { seededRandom } from '../../core/random.ts'
import { classFeatures } from '../learned/feature-spec.ts'
import { type Model, OUT_OF_SCOPE } from '../learned/model.ts'
import { highest } from '../learned/squash.ts'
import { fitSharpness, fitThreshold, type HeldOutScores } from './calibrate.ts'
import { type Design, designOf, type ReadTexts, readTexts } from './design.ts'
import { fingerprintOf, inFixedOrder } from './fingerprint.ts'
import { stratifiedFolds } from './folds.ts'
import { fitHinge, type RawHead } from './hinge.ts'
import { roundHeads } from './quantise.ts'
import { scoreRow } from './raw-scores.ts'

/** One example: what a person wrote, and its class; `oos` for a text that belongs to none. */
export interface ClassRow {
  readonly text: string
  readonly label: string
}

export interface TrainOptions {
  readonly seed: number
  /** Told after each head that is done, of so many. */
  readonly onStep?: (done: number, total: number) => void
}

const COST = 1
const PASSES = 6
const FOLDS = 5
/** Below this many rows nothing can be held out, and margins become shares at this sharpness. */
const SHARPNESS_UNKNOWN = 2

/** One against the rest for each label. The rows need at least two labels besides `oos`. */
export function trainClasses(given: readonly ClassRow[], options: TrainOptions): Model {
  const rows = inFixedOrder(given, ({ text, label }) => `${label}\u0000${text}`)
  const names = [...new Set(rows.map(({ label }) => label))]
    .filter((label) => label !== OUT_OF_SCOPE)
    .toSorted()
  const headOf = new Map(names.map((name, head) => [name, head]))
  const truth = Int32Array.from(rows, ({ label }) => headOf.get(label) ?? -1)
  const read = readTexts(
    rows.map(({ text }) => text),
    classFeatures,
  )
  const folds = rows.length >= 2 * FOLDS ? FOLDS : 0
  let done = 0
  const onHead = (): void => options.onStep?.(++done, (folds + 1) * names.length)
  const held =
    folds > 0
      ? heldOutScores(read, { rows, truth, heads: names.length, seed: options.seed }, onHead)
      : undefined
  const design = designOf(read, [...rows.keys()])
  const heads = fitHeads(design, truth, names.length, options.seed, onHead)
  return {
    kind: 'classes',
    features: classFeatures,
    names,
    ...roundHeads(heads),
    traitScale: design.traitScale,
    calibration: {
      sharpness: held === undefined ? SHARPNESS_UNKNOWN : fitSharpness(held),
      threshold: held === undefined ? 0 : fitThreshold(held),
    },
    card: {
      rows: rows.length,
      seed: options.seed,
      dataFingerprint: fingerprintOf(rows.map(({ text, label }) => [text, label])),
      metrics: held === undefined ? {} : { heldOutAccuracy: accuracyOf(held) },
    },
  }
}

interface Labelled {
  readonly rows: readonly ClassRow[]
  readonly truth: Int32Array
  readonly heads: number
  readonly seed: number
}

/** Every row scored by heads that were trained on the other folds. */
function heldOutScores(
  read: ReadTexts,
  { rows, truth, heads, seed }: Labelled,
  onHead: () => void,
): HeldOutScores {
  const foldOf = stratifiedFolds(
    rows.map(({ label }) => label),
    FOLDS,
    seededRandom(seed),
  )
  const scores = new Float32Array(rows.length * heads)
  for (let fold = 0; fold < FOLDS; fold++) {
    const chosen = [...rows.keys()].filter((row) => foldOf[row] !== fold)
    const design = designOf(read, chosen)
    const fitted = fitHeads(
      design,
      truth.filter((_, row) => foldOf[row] !== fold),
      heads,
      seed,
      onHead,
    )
    for (const row of rows.keys())
      if (foldOf[row] === fold)
        scoreRow(read, row, { heads: fitted, traitScale: design.traitScale }, scores, row)
  }
  return { scores, heads, truth }
}

function fitHeads(
  design: Design,
  truth: Int32Array,
  heads: number,
  seed: number,
  onHead: () => void,
): readonly RawHead[] {
  return Array.from({ length: heads }, (_, head) => {
    const fitted = fitHinge(design, (row) => truth[row] === head, {
      cost: COST,
      passes: PASSES,
      random: seededRandom(seed),
    })
    onHead()
    return fitted
  })
}

function accuracyOf({ scores, heads, truth }: HeldOutScores): number {
  let inScope = 0
  let right = 0
  for (const [row, label] of truth.entries()) {
    if (label < 0) continue
    inScope++
    if (highest(scores, row * heads, heads) === label) right++
  }
  return inScope === 0 ? 0 : right / inScope
}
