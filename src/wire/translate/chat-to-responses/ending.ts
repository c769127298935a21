import { isFailure, isLength, isNatural } from '../chat-to-anthropic/stop-reason.ts'

/** How a response ended. */
export interface Ending {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null
}

/**
 * What a Chat finish reason says in Responses, where calls need no reason of their own.
 *
 * @param hasAny something was said or called.
 * @returns undefined when the reply failed; also when nothing was said and the reason is not one that we know, for an
 * empty success is what a failure looks like from afar.
 */
export function endingOf(finish: string, hasAny: boolean): Ending | undefined {
  if (isFailure(finish)) return undefined
  if (isLength(finish)) return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  if (finish === 'content_filter') {
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }
  }
  if (!hasAny && (finish === '' || !isNatural(finish))) return undefined
  return { status: 'completed', incomplete_details: null }
}
