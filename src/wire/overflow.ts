/**
 * Words by which vendors say that a prompt is longer than the model can read: none has a code for it in all places.
 * Programs shorten their history by this sign, so it must survive a change of protocol.
 */
const overflowWords = [
  'maximum context length',
  'context_length_exceeded',
  'context window',
  'context size',
  'prompt is too long',
]

/** A complaint about the length of the answer is not this one. */
export function isOverflow(message: string): boolean {
  const lower = message.toLowerCase()
  return overflowWords.some((words) => lower.includes(words)) && !lower.includes('is too large')
}
