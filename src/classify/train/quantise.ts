import type { RawHead } from './hinge.ts'

const MOST = 127

/** Heads as they stand in a model: whole numbers of a unit of their own, slot by slot. */
export interface RoundedHeads {
  readonly weights: Int8Array
  readonly units: Float64Array
  readonly dense: Float64Array
}

/** Rounds the weights of each head to −127 … 127. What is dense stays as it is: there is little of it. */
export function roundHeads(heads: readonly RawHead[]): RoundedHeads {
  const slots = heads[0]?.slots.length ?? 0
  const columns = heads[0]?.dense.length ?? 0
  const weights = new Int8Array(slots * heads.length)
  const units = new Float64Array(heads.length)
  const dense = new Float64Array(columns * heads.length)
  for (const [head, raw] of heads.entries()) {
    let largest = 0
    for (const weight of raw.slots) largest = Math.max(largest, Math.abs(weight))
    const unit = largest / MOST
    units[head] = unit
    dense.set(raw.dense, head * columns)
    if (unit === 0) continue
    for (let slot = 0; slot < slots; slot++)
      weights[slot * heads.length + head] = Math.round((raw.slots[slot] as number) / unit)
  }
  return { weights, units, dense }
}
