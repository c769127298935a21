import type { Passage } from './passage.ts'
import type { ToolNames } from './tool-names.ts'

/** The passage of a request whose tools may have names that are too long for where it goes. */
export interface NamedPassage extends Passage {
  readonly names: ToolNames
}
