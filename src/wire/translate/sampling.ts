import type { Takes } from '../translation.ts'
import { isGiven, type JsonObject, numberAt } from './json-tree.ts'
import type { Passage } from './passage.ts'

export interface Sampling {
  readonly temperature: number | undefined
  readonly topP: number | undefined
}

/** The value that means the same as none, in both protocols. */
const DEFAULT = 1

/** OpenAI's reasoning models take sampling parameters only when they do not reason; an effort that is not given is the default. */
export function takesSampling(takes: Takes | undefined, effort: unknown): boolean {
  return takes?.sampling !== false || (effort ?? takes.effortDefault) === 'none'
}

/** Temperature and top_p as the target takes them; what it refuses is left out and noted, unless it is the default. */
export function readSampling(root: JsonObject, isTaken: boolean, { losses }: Passage): Sampling {
  const temperature = isGiven(root['temperature']) ? numberAt(root['temperature'], 'temperature') : undefined
  const topP = isGiven(root['top_p']) ? numberAt(root['top_p'], 'top_p') : undefined
  if (isTaken) return { temperature, topP }
  if ((temperature ?? DEFAULT) !== DEFAULT || (topP ?? DEFAULT) !== DEFAULT) losses.add('sampling-dropped')
  return { temperature: undefined, topP: undefined }
}
