import {
  refuseEffortInMessages,
  refuseMedia,
  refusePrefill,
  refuseSystemMessages,
  refuseTools,
} from './conversation.ts'
import { adaptEffort } from './effort.ts'
import {
  adaptContextManagement,
  adaptFallbacks,
  adaptFields,
  adaptToolsetBetas,
  refuseRegion,
} from './fields.ts'
import { limitOutput } from './output-limit.ts'
import type { Rule } from './rewrite.ts'
import { adaptSampling } from './sampling.ts'
import { adaptThinking, fitBudget } from './thinking.ts'
import { relaxToolChoice } from './tool-choice.ts'

/**
 * The rules for a request of the Messages API, in the order that they build on each other. They touch only fields that
 * thinking is not signed against; what would change the conversation or the tools refuses. Thinking blocks stay byte for
 * byte, also those that the model cannot read: it passes over them, and another one can read them later.
 */
export const anthropicRules: readonly Rule[] = [
  refusePrefill,
  refuseSystemMessages,
  refuseTools,
  refuseMedia,
  adaptThinking,
  adaptEffort,
  // Thinking may end where the budget does not fit, and what sampling is taken depends on it.
  limitOutput,
  fitBudget,
  adaptSampling,
  relaxToolChoice,
  adaptFields,
  refuseRegion,
  adaptContextManagement,
  adaptFallbacks,
  adaptToolsetBetas,
  refuseEffortInMessages,
]
