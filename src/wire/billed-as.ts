import type { Usage } from '../core/wire.ts'

/** As long as any vendor's word for a tier or a region; what is longer is none. */
const CHARS_MAX = 32

/** How the vendor says that it billed: words that prices depend on. What is no such word is left out. */
export function billedAs(
  told: Readonly<Record<'serviceTier' | 'speed' | 'inferenceGeo', unknown>>,
): Pick<Usage, 'serviceTier' | 'speed' | 'inferenceGeo'> {
  const serviceTier = word(told.serviceTier)
  const speed = word(told.speed)
  const inferenceGeo = word(told.inferenceGeo)
  return {
    ...(serviceTier !== undefined && { serviceTier }),
    ...(speed !== undefined && { speed }),
    ...(inferenceGeo !== undefined && { inferenceGeo }),
  }
}

function word(told: unknown): string | undefined {
  return typeof told === 'string' && told !== '' && told.length <= CHARS_MAX ? told : undefined
}
