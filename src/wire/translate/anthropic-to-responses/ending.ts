import type { Ending } from '../chat-to-responses/ending.ts'

/**
 * How an Anthropic reply ended, as Responses says it; calls need no reason of their own there.
 * @returns undefined when the reply is not over: a paused turn must be sent again by who asked, which a client of
 * Responses cannot know.
 */
export function endingOfStop(stopReason: string): Ending | undefined {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
    case 'refusal':
      return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
    case 'pause_turn':
      return undefined
    default:
      return { status: 'completed', incomplete_details: null }
  }
}
