import { FEATURES_VERSION, type FeatureSpec } from './feature-spec.ts'
import type { Calibration, ModelCard } from './model.ts'
import { TRAITS } from './traits.ts'

/** What stands before the weights in a model file. */
export interface Header {
  readonly kind: 'classes' | 'routing'
  readonly featuresVersion: number
  readonly features: FeatureSpec
  readonly names: readonly string[]
  readonly units: readonly number[]
  readonly dense: readonly number[]
  readonly traits: {
    readonly mean: readonly number[]
    readonly scale: readonly number[]
    readonly cut: number
  }
  readonly calibration: Calibration
  readonly card: ModelCard
}

export const HEADS_MAX = 1_000
const SLOT_BITS_MAX = 18

/** The first thing that is wrong with it; undefined for a header that can be trusted. */
export function headerFault(value: unknown): string | undefined {
  if (!isGroup(value)) return 'its header is no JSON object'
  const { kind, featuresVersion, names, units, dense, traits } = value
  if (kind !== 'classes' && kind !== 'routing') return 'its kind is unknown'
  if (featuresVersion !== FEATURES_VERSION) return 'its features are unknown'
  if (!isFeatures(value['features'])) return 'its features cannot be read'
  if (!Array.isArray(names) || names.length < 2 || names.length > HEADS_MAX) return 'it has no names'
  if (!names.every((name) => typeof name === 'string' && name !== '')) return 'it has a name that is no text'
  if (!areNumbers(units, names.length)) return 'a unit is no number'
  if (!areNumbers(dense, names.length * (TRAITS + 1))) return 'a dense weight is no number'
  if (!isGroup(traits) || !areNumbers(traits['mean'], TRAITS) || !areNumbers(traits['scale'], TRAITS))
    return 'the scale of a trait is no number'
  if (!isNumber(traits['cut'])) return 'the cut of the traits is no number'
  return calibrationFault(value['calibration']) ?? cardFault(value['card'])
}

function isFeatures(value: unknown): boolean {
  if (!isGroup(value)) return false
  const { slotBits, wordsMax, charsMax, traitsWeight } = value
  return (
    isWhole(slotBits, 8, SLOT_BITS_MAX) &&
    isWhole(wordsMax, 0, 2) &&
    (charsMax === 0 || isWhole(charsMax, 3, 5)) &&
    isNumber(traitsWeight)
  )
}

function calibrationFault(value: unknown): string | undefined {
  const good = isGroup(value) && isNumber(value['sharpness']) && isNumber(value['threshold'])
  return good ? undefined : 'its calibration cannot be read'
}

function cardFault(value: unknown): string | undefined {
  if (!isGroup(value)) return 'it has no card'
  const { rows, seed, dataFingerprint, metrics } = value
  const good = isNumber(rows) && isNumber(seed) && typeof dataFingerprint === 'string' && isGroup(metrics)
  return good && Object.values(metrics).every(isNumber) ? undefined : 'its card cannot be read'
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

function areNumbers(value: unknown, count: number): boolean {
  return Array.isArray(value) && value.length === count && value.every(isNumber)
}
