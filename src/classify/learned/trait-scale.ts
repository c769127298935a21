import { TRAITS } from './traits.ts'

/** A number far from all training rows says no more than one at the edge. */
const CUT = 4

/** How traits become features of about the size of an n-gram: (trait − mean) × scale, cut on both sides. */
export interface TraitScale {
  readonly mean: Float64Array
  /** weight / (standard deviation × √traits); 0 for a trait that never varies. */
  readonly scale: Float64Array
  /** The cut, in the same unit. */
  readonly cut: number
}

/** Writes the scaled traits of one text to `into`, from `at` on. */
export function scaleTraits(
  { mean, scale, cut }: TraitScale,
  traits: Float64Array,
  into: Float64Array,
  at: number,
): void {
  for (let trait = 0; trait < TRAITS; trait++) {
    const value = ((traits[trait] as number) - (mean[trait] as number)) * (scale[trait] as number)
    into[at + trait] = value > cut ? cut : value < -cut ? -cut : value
  }
}

/** @param traits of the training rows, one row after another. */
export function fitTraitScale(traits: Float64Array, weight: number): TraitScale {
  const rows = traits.length / TRAITS
  const mean = new Float64Array(TRAITS)
  const scale = new Float64Array(TRAITS)
  const unit = weight / Math.sqrt(TRAITS)
  for (let trait = 0; trait < TRAITS; trait++) {
    let sum = 0
    let squares = 0
    for (let row = 0; row < rows; row++) {
      const value = traits[row * TRAITS + trait] as number
      sum += value
      squares += value * value
    }
    const centre = sum / rows
    const deviation = Math.sqrt(Math.max(0, squares / rows - centre * centre))
    mean[trait] = centre
    scale[trait] = deviation > 1e-6 ? unit / deviation : 0
  }
  return { mean, scale, cut: CUT * unit }
}
