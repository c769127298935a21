/** What of a request, or of its conversation, did not travel to the model that served: the closed list of codes. */
export const lossCodes = [
  'thinking:model',
  'thinking:organization',
  'thinking:prefix',
  'thinking:end_user',
  'thinking-forced-on',
  'thinking-forced-off',
  'budget-to-effort',
  'effort-clamped',
  'sampling-dropped',
  'tool-choice-relaxed',
  'prefill-rewritten',
  'system-rewritten',
  'display-changed',
  'max-tokens-clamped',
  'cache-cold',
  'files-unreachable',
  'recounted',
] as const

/** `removed:FIELD` names the field, which the caller wrote. */
export type Loss = (typeof lossCodes)[number] | `removed:${string}`
