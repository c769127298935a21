import { scaleTraits, type TraitScale } from '../learned/trait-scale.ts'
import { TRAITS } from '../learned/traits.ts'
import type { ReadTexts } from './design.ts'
import type { RawHead } from './hinge.ts'

/** What heads say of rows that were read already, before any rounding: into[at × heads + head]. */
export function scoreRow(
  read: ReadTexts,
  row: number,
  { heads, traitScale }: { readonly heads: readonly RawHead[]; readonly traitScale: TraitScale },
  into: Float32Array,
  at: number,
): void {
  const traits = new Float64Array(TRAITS)
  if (read.spec.traitsWeight > 0)
    scaleTraits(traitScale, read.traits.subarray(row * TRAITS, (row + 1) * TRAITS), traits, 0)
  const first = read.start[row] as number
  const last = read.start[row + 1] as number
  for (const [head, { slots, dense }] of heads.entries()) {
    let score = dense[TRAITS] as number
    for (let trait = 0; trait < TRAITS; trait++) score += (traits[trait] as number) * (dense[trait] as number)
    for (let entry = first; entry < last; entry++)
      score += (slots[read.slot[entry] as number] as number) * (read.value[entry] as number)
    into[at * heads.length + head] = score
  }
}
