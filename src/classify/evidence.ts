import type { Classifiable } from './classifier.ts'
import { earlierVotes, isShort, saysGoOn } from './follow-up.ts'
import type { PatternSet } from './patterns.ts'
import { acknowledgementVotes, formVotes, hintVotes, isSelfContainedQuestion, weakVotes } from './signals.ts'
import { scoresOf, type Vote } from './verdict.ts'

/** Everything that speaks for a class. */
export interface Evidence {
  readonly votes: readonly Vote[]
  /** Sum of weights by class. */
  readonly scores: ReadonlyMap<string, number>
  /** The same as if the caller had given no hint; undefined when none was. */
  readonly scoresWithoutHints: ReadonlyMap<string, number> | undefined
}

/** Votes for classes that nobody defined would send messages nowhere: only those in `classes` count. */
export function gatherEvidence(
  message: Classifiable,
  patterns: PatternSet,
  classes: ReadonlySet<string>,
): Evidence {
  const known = (votes: readonly Vote[]): readonly Vote[] => votes.filter((vote) => classes.has(vote.class))
  const own = known(textVotes(message, patterns))
  const weak = known(weakVotes(message))
  const hints = known(hintVotes(message.context))
  const strong = hints.length > 0 ? [...own, ...hints] : own
  const votes = strong.length > 0 ? [...strong, ...weak] : []
  return {
    votes,
    scores: scoresOf(votes),
    scoresWithoutHints: hints.length > 0 ? scoresOf(own.length > 0 ? [...own, ...weak] : []) : undefined,
  }
}

/** What the text says, or for a short follow-up what the texts before it said. */
function textVotes(message: Classifiable, patterns: PatternSet): readonly Vote[] {
  const { text, earlier } = message
  const found = patterns.match(text)
  const form = formVotes(text)
  const first = !earlier || earlier.length === 0
  if (first && found.length === 0) return [...acknowledgementVotes(text), ...form]
  if (!first && isFollowUp(text, found)) {
    const before = earlierVotes(
      earlier.slice(0, 2).map((each) => [...patterns.match(each), ...formVotes(each)]),
    )
    // The bare form of a question ("what next?") says little beside what it asks about.
    if (before.length > 0) return [...found, ...before]
  }
  return form.length > 0 ? [...found, ...form] : found
}

function isFollowUp(text: string, found: readonly Vote[]): boolean {
  if (!isShort(text)) return false
  if (found.length === 0) return !isSelfContainedQuestion(text)
  return (
    found.every((vote) => vote.class === 'simple') &&
    (saysGoOn(text) || acknowledgementVotes(text).length > 0)
  )
}
