import { type JsonObject, objectIn, textIn } from '../json-tree.ts'

/**
 * How a response ended, in the words of Chat Completions, which the reply's stop reason is made from. What is
 * incomplete for a reason that is not known was cut: it must look neither whole nor like a call.
 */
export function finishOf(response: JsonObject): string {
  if (textIn(response['status']) !== 'incomplete' && !hasReason(response)) return 'stop'
  return reasonOf(response) === 'content_filter' ? 'content_filter' : 'length'
}

function hasReason(response: JsonObject): boolean {
  return reasonOf(response) !== ''
}

function reasonOf(response: JsonObject): string {
  return textIn(objectIn(response['incomplete_details'])['reason'])
}
