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
  /** The text says little by itself: it means what the text before it meant. */
  readonly isFollowUp: boolean
}

/** Votes for classes that nobody defined would send messages nowhere: only those in `classes` count. */
export function gatherEvidence(
  message: Classifiable,
  patterns: PatternSet,
  classes: ReadonlySet<string>,
): Evidence {
  const known = (votes: readonly Vote[]): readonly Vote[] => votes.filter((vote) => classes.has(vote.class))
  const text = textVotes(message, patterns)
  const own = known(text.votes)
  const weak = known(weakVotes(message))
  const hints = known(hintVotes(message.context))
  const strong = hints.length > 0 ? [...own, ...hints] : own
  const votes = strong.length > 0 ? [...strong, ...weak] : []
  return {
    votes,
    scores: scoresOf(votes),
    scoresWithoutHints: hints.length > 0 ? scoresOf(own.length > 0 ? [...own, ...weak] : []) : undefined,
    isFollowUp: text.isFollowUp,
  }
}

interface TextVotes {
  readonly votes: readonly Vote[]
  readonly isFollowUp: boolean
}

/** What the text says, or for a short follow-up what the texts before it said. */
function textVotes({ text, earlier = [] }: Classifiable, patterns: PatternSet): TextVotes {
  const found = patterns.match(text)
  const form = formVotes(text)
  const follows = earlier.length > 0 && isFollowUp(text, found)
  if (earlier.length === 0 && found.length === 0)
    return { votes: [...acknowledgementVotes(text), ...form], isFollowUp: false }
  if (follows) {
    const before = earlierVotes(
      earlier.slice(0, 2).map((each) => [...patterns.match(each), ...formVotes(each)]),
    )
    // The bare form of a question ("what next?") says little beside what it asks about.
    if (before.length > 0) return { votes: [...found, ...before], isFollowUp: true }
  }
  return { votes: form.length > 0 ? [...found, ...form] : found, isFollowUp: follows }
}

function isFollowUp(text: string, found: readonly Vote[]): boolean {
  if (!isShort(text)) return false
  if (found.length === 0) return !isSelfContainedQuestion(text)
  return (
    found.every((vote) => vote.class === 'simple') &&
    (saysGoOn(text) || acknowledgementVotes(text).length > 0)
  )
}
