import type { FeatureSpec } from '../learned/feature-spec.ts'
import { Featurizer } from '../learned/featurizer.ts'
import { fitTraitScale, scaleTraits, type TraitScale } from '../learned/trait-scale.ts'
import { TRAITS } from '../learned/traits.ts'

/** Texts, read once: their n-grams as sparse rows, their traits as they are. */
export interface ReadTexts {
  readonly spec: FeatureSpec
  readonly rows: number
  /** Row r has the entries start[r] … start[r + 1] − 1. */
  readonly start: Int32Array
  readonly slot: Int32Array
  readonly value: Float32Array
  readonly traits: Float64Array
}

/** What a solver sees of the training rows: the sparse part, and a dense one of traits and a constant. */
export interface Design extends ReadTexts {
  readonly slots: number
  readonly denseColumns: number
  readonly dense: Float64Array
  readonly traitScale: TraitScale
}

export function readTexts(
  texts: readonly string[],
  spec: FeatureSpec,
  onRow: (done: number) => void = () => {},
): ReadTexts {
  const featurizer = new Featurizer(spec)
  const rows = texts.length
  const start = new Int32Array(rows + 1)
  const traits = new Float64Array(rows * TRAITS)
  let slot = new Int32Array(1024)
  let value = new Float32Array(1024)
  let length = 0
  for (const [row, text] of texts.entries()) {
    featurizer.read(text)
    const needed = length + featurizer.length
    if (needed > slot.length) {
      slot = grown(slot, new Int32Array(2 * needed))
      value = grown(value, new Float32Array(2 * needed))
    }
    slot.set(featurizer.slots.subarray(0, featurizer.length), length)
    value.set(featurizer.values.subarray(0, featurizer.length), length)
    traits.set(featurizer.traits.values, row * TRAITS)
    length = needed
    start[row + 1] = length
    onRow(row + 1)
  }
  return { spec, rows, start, slot: slot.slice(0, length), value: value.slice(0, length), traits }
}

function grown<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** The chosen rows of what was read; the scale of the traits is theirs alone. */
export function designOf(read: ReadTexts, chosen: readonly number[]): Design {
  const rows = chosen.length
  const start = new Int32Array(rows + 1)
  for (const [row, from] of chosen.entries())
    start[row + 1] = (start[row] as number) + (read.start[from + 1] as number) - (read.start[from] as number)
  const slot = new Int32Array(start[rows] as number)
  const value = new Float32Array(start[rows] as number)
  const traits = new Float64Array(rows * TRAITS)
  for (const [row, from] of chosen.entries()) {
    const first = read.start[from] as number
    const last = read.start[from + 1] as number
    slot.set(read.slot.subarray(first, last), start[row])
    value.set(read.value.subarray(first, last), start[row])
    traits.set(read.traits.subarray(from * TRAITS, (from + 1) * TRAITS), row * TRAITS)
  }
  const traitScale = fitTraitScale(traits, read.spec.traitsWeight)
  return {
    spec: read.spec,
    rows,
    start,
    slot,
    value,
    traits,
    slots: 2 ** read.spec.slotBits,
    denseColumns: TRAITS + 1,
    dense: denseOf(traits, traitScale, rows),
    traitScale,
  }
}

function denseOf(traits: Float64Array, scale: TraitScale, rows: number): Float64Array {
  const columns = TRAITS + 1
  const dense = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    scaleTraits(scale, traits.subarray(row * TRAITS, (row + 1) * TRAITS), dense, row * columns)
    dense[row * columns + TRAITS] = 1
  }
  return dense
}
