import type { ClientRequest } from '../core/client-request.ts'
import type { Classification } from '../core/decision.ts'
import type { Session } from './sessions.ts'

/** The class of what a client sends on errands of its own: the cheapest route there is. */
const HELPER_CLASS = 'simple'

const helper: Classification = {
  class: HELPER_CLASS,
  confidence: 0.99,
  source: 'request-class',
  reasons: [
    { signal: 'request-class', detail: 'a helper of the client, and no ask of the person', weight: 1 },
  ],
  micros: 0,
}

/** The class that a message has before anybody reads its text: by what it is for, or because its turn has one. */
export function settledClass(
  request: ClientRequest | undefined,
  session: Session | undefined,
  toolLoopOpen: boolean,
): Classification | undefined {
  if (request?.kind === 'auxiliary' && !request.stays) return helper
  if (!session) return undefined
  const detail = whyHeld(request, session, toolLoopOpen)
  if (detail === undefined) return undefined
  const reasons = [{ signal: 'turn', detail, weight: 0 }]
  return { ...session.classification, source: 'turn', reasons, micros: 0 }
}

function whyHeld(
  request: ClientRequest | undefined,
  session: Session,
  toolLoopOpen: boolean,
): string | undefined {
  if (request?.kind === 'compaction') return 'a summary keeps the class of the turn before it'
  if (request?.stays) return 'what keeps the prompt warm keeps the class of the turn before it'
  if (isSamePrompt(request, session)) return 'the class was decided once for this ask of the person'
  return toolLoopOpen ? 'the class of the turn holds while its tool loop is open' : undefined
}

/** The client says that it is still about the same ask of the person. */
export function isSamePrompt(request: ClientRequest | undefined, session: Session | undefined): boolean {
  return request?.promptId !== undefined && request.promptId === session?.promptId
}
