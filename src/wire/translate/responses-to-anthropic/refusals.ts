import { flagAt, isGiven, type JsonObject, listAt, untranslatable } from '../json-tree.ts'

/** Why, and what to do instead. */
const refusedFields: Readonly<Record<string, string>> = {
  previous_response_id: 'the worker keeps no responses; send the whole conversation as input',
  conversation: 'the worker keeps no conversations; send the whole conversation as input',
  prompt: 'the worker keeps no prompts; send the text itself',
  moderation: 'the worker has nothing like it',
  context_management: 'the worker has nothing like it',
  access_programs: 'the worker has nothing like it',
}

/**
 * Refuses state that lies at another vendor, and what would change the meaning of the answer if it were left out.
 * @throws SignalboxError untranslatable.
 */
export function refuseState(root: JsonObject): void {
  for (const [field, reason] of Object.entries(refusedFields)) {
    if (isGiven(root[field])) throw untranslatable(field, reason)
  }
  if (isGiven(root['background']) && flagAt(root['background'], 'background')) {
    throw untranslatable('background', 'the worker answers at once or not at all; send it without')
  }
  if (isGiven(root['top_logprobs']) && root['top_logprobs'] !== 0) {
    throw untranslatable('top_logprobs', 'the worker does not tell probabilities')
  }
  // All other values ask for what is given anyway, or is about tools that are refused.
  const include = isGiven(root['include']) ? listAt(root['include'], 'include') : []
  const logprobs = include.indexOf('message.output_text.logprobs')
  if (logprobs !== -1) throw untranslatable(`include.${logprobs}`, 'the worker does not tell probabilities')
}
