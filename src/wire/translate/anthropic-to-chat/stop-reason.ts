/**
 * Anthropic's stop reason as a Chat finish reason. Calls always beat a plain stop, and none is claimed without them.
 *
 * @returns undefined when the reply is not over: a paused turn must be sent again by who asked, which a Chat client
 * cannot know.
 */
export function finishReason(stopReason: string, hasCalls: boolean): string | undefined {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'refusal':
      return 'content_filter'
    case 'pause_turn':
      return undefined
    default:
      return hasCalls ? 'tool_calls' : 'stop'
  }
}
