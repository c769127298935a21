import type { NamedPassage } from '../named-passage.ts'
import type { Passage } from '../passage.ts'
import { ToolNames } from '../tool-names.ts'
import { Breakpoints } from './breakpoints.ts'

/** One Anthropic request on its way to a worker of one of OpenAI’s protocols. */
export interface RequestPassage extends NamedPassage {
  readonly breakpoints: Breakpoints
}

export function requestPassage(passage: Passage): RequestPassage {
  return { ...passage, names: new ToolNames(), breakpoints: new Breakpoints(passage) }
}
