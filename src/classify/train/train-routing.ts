import { seededRandom } from '../../core/random.ts'
import { templateOf } from './template.ts'
import { type FeatureSpec, routingFeatures } from '../learned/feature-spec.ts'
import type { Model } from '../learned/model.ts'
import { logistic } from '../learned/squash.ts'
import { type Design, designOf, type ReadTexts, readTexts } from './design.ts'
import { fingerprintOf, inFixedOrder } from './fingerprint.ts'
import { groupFolds } from './folds.ts'
import type { RawHead } from './hinge.ts'
import { fitLogistic } from './logistic.ts'
import { roundHeads } from './quantise.ts'
import { scoreRow } from './raw-scores.ts'
import { fitSlope } from './slope.ts'
import type { TrainOptions } from './train-classes.ts'

/** One prompt, and how good the answer of each tier was: 0 to 1, the weakest tier first. */
export interface RoutingRow {
  readonly prompt: string
  readonly outcomes: readonly number[]
}

interface Setting {
  readonly traitsWeight: number
  readonly cost: number
}

/** What is tried; the one whose gains follow those of held-out templates best is taken. */
const settings: readonly Setting[] = [
  { traitsWeight: 0.1, cost: 0.5 },
  { traitsWeight: 0.3, cost: 0.5 },
  { traitsWeight: 0.5, cost: 0.5 },
  { traitsWeight: 0.5, cost: 0.25 },
  { traitsWeight: 1, cost: 0.1 },
]

const FOLDS = 5

/** A head a tier that says P(answer good). What a tier is worth over another is the difference of their heads. */
export function trainRouting(
  given: readonly RoutingRow[],
  names: readonly string[],
  options: TrainOptions,
): Model {
  const rows = inFixedOrder(given, ({ prompt, outcomes }) => `${prompt}\u0000${outcomes.join()}`)
  const training = { rows, tiers: names.length, seed: options.seed }
  // One for each setting that is tried, and one for the heads that stay.
  const total = settings.length + 1
  const read = readTexts(
    rows.map(({ prompt }) => prompt),
    routingFeatures(1),
  )
  const { setting, correlation, slopes } = chooseSetting(read, training, (done) =>
    options.onStep?.(done, total),
  )
  const design = designOf(withTraits(read, setting), [...rows.keys()])
  const heads = fitTiers(design, rows, training, setting).map((head, tier) =>
    steeper(head, slopes?.[tier] ?? 1),
  )
  options.onStep?.(total, total)
  return {
    kind: 'routing',
    features: design.spec,
    names,
    ...roundHeads(heads),
    traitScale: design.traitScale,
    calibration: { sharpness: 1, threshold: 0 },
    card: {
      rows: rows.length,
      seed: options.seed,
      dataFingerprint: fingerprintOf(rows.map(({ prompt, outcomes }) => [prompt, ...outcomes.map(String)])),
      metrics: slopes === undefined ? {} : { heldOutGainCorrelation: correlation },
    },
  }
}

interface Training {
  readonly rows: readonly RoutingRow[]
  readonly tiers: number
  readonly seed: number
}

/** The texts are read once; only the weight of the traits differs between settings. */
function withTraits(read: ReadTexts, { traitsWeight }: Setting): ReadTexts {
  const spec: FeatureSpec = routingFeatures(traitsWeight)
  return { ...read, spec }
}

interface Choice {
  readonly setting: Setting
  readonly correlation: number
  /** One a tier; undefined where there are too few templates to hold some out. */
  readonly slopes: readonly number[] | undefined
}

function chooseSetting(read: ReadTexts, training: Training, onSetting: (done: number) => void): Choice {
  const { rows, tiers, seed } = training
  const templates = rows.map(({ prompt }) => templateOf(prompt))
  let best: Choice = { setting: settings[0] as Setting, correlation: -Infinity, slopes: undefined }
  if (new Set(templates).size < FOLDS) return best
  const foldOf = groupFolds(templates, FOLDS, seededRandom(seed))
  const targets = Array.from({ length: tiers }, (_, tier) => outcomesOf(rows, tier))
  for (const [index, setting] of settings.entries()) {
    const scores = heldOutScores(withTraits(read, setting), training, foldOf, setting)
    const slopes = scores.map((each, tier) => fitSlope(each, targets[tier] as Float64Array))
    const said = scores.map((each, tier) => each.map((score) => logistic((slopes[tier] as number) * score)))
    const correlation = correlationOf(gainsOf(targets), gainsOf(said))
    if (correlation > best.correlation) best = { setting, correlation, slopes }
    onSetting(index + 1)
  }
  return best
}

/** The scores of each tier's head for rows that it was not trained on. */
function heldOutScores(
  read: ReadTexts,
  training: Training,
  foldOf: Int32Array,
  setting: Setting,
): readonly Float64Array[] {
  const { rows, tiers } = training
  const scores = new Float32Array(rows.length * tiers)
  for (let fold = 0; fold < FOLDS; fold++) {
    const chosen = [...rows.keys()].filter((row) => foldOf[row] !== fold)
    const design = designOf(read, chosen)
    const heads = fitTiers(
      design,
      chosen.map((row) => rows[row] as RoutingRow),
      training,
      setting,
    )
    for (const row of rows.keys())
      if (foldOf[row] === fold) scoreRow(read, row, { heads, traitScale: design.traitScale }, scores, row)
  }
  return Array.from({ length: tiers }, (_, tier) =>
    Float64Array.from(rows, (_row, row) => scores[row * tiers + tier] as number),
  )
}

/** What the strongest tier has over the weakest, row by row. */
function gainsOf(tiers: readonly Float64Array[]): Float64Array {
  const weakest = tiers[0] as Float64Array
  return (tiers.at(-1) as Float64Array).map((outcome, row) => outcome - (weakest[row] as number))
}

function steeper({ slots, dense }: RawHead, slope: number): RawHead {
  return { slots: slots.map((weight) => weight * slope), dense: dense.map((weight) => weight * slope) }
}

function correlationOf(one: Float64Array, other: Float64Array): number {
  const rows = one.length
  const oneMean = one.reduce((sum, value) => sum + value, 0) / rows
  const otherMean = other.reduce((sum, value) => sum + value, 0) / rows
  let product = 0
  let oneSquares = 1e-12
  let otherSquares = 1e-12
  for (let row = 0; row < rows; row++) {
    const a = (one[row] as number) - oneMean
    const b = (other[row] as number) - otherMean
    product += a * b
    oneSquares += a * a
    otherSquares += b * b
  }
  return product / Math.sqrt(oneSquares * otherSquares)
}

function outcomesOf(rows: readonly RoutingRow[], tier: number): Float64Array {
  return Float64Array.from(rows, ({ outcomes }) => outcomes[tier] as number)
}

function fitTiers(
  design: Design,
  rows: readonly RoutingRow[],
  { tiers, seed }: Training,
  { cost }: Setting,
): readonly RawHead[] {
  return Array.from({ length: tiers }, (_, tier) =>
    fitLogistic(design, outcomesOf(rows, tier), cost, seededRandom(seed)),
  )
}
