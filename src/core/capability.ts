/**
 * What a request may need and its target may lack, in the words that Claude Code understands: a refusal that names one
 * of them is mended by the client in one try.
 */
export const capabilities = [
  /** Messages of role system between the others. */
  'mid_conv_system',
  'effort_unsupported',
  'structured_outputs_unsupported',
  'image_block',
  'document_block',
  /** More pictures and documents than it takes. */
  'media_budget',
] as const
export type Capability = (typeof capabilities)[number]
