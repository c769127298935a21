import { compileAutomaton } from './automaton.ts'
import type { Pack } from './pack.ts'
import { type Pattern, patternKey } from './pattern.ts'
import { Scanner } from './scanner.ts'
import type { Vote } from './verdict.ts'

/** The patterns of several packs as one matcher. */
export interface PatternSet {
  /** A vote for each pattern that occurs in the text, however often it does. Linear in the text. */
  match(text: string): readonly Vote[]
}

/** The order of the packs does not matter: where two hold the same pattern for the same class, the heavier counts. */
export function compilePatterns(packs: readonly Pack[]): PatternSet {
  const patterns = distinctPatterns(packs)
  const scanner = new Scanner(compileAutomaton(patterns.map((pattern) => pattern.parts)))
  const voteOf = patterns.map(makeVote)
  return {
    match(text) {
      const votes: Vote[] = []
      for (const pattern of scanner.scan(text)) {
        const vote = voteOf[pattern]
        if (vote) votes.push(vote)
      }
      return votes
    },
  }
}

interface PackedPattern extends Pattern {
  readonly pack: string
}

function distinctPatterns(packs: readonly Pack[]): readonly PackedPattern[] {
  const kept = new Map<string, PackedPattern>()
  for (const pack of packs) {
    for (const pattern of pack.patterns) {
      const key = `${pattern.class} ${patternKey(pattern.parts)}`
      const rival = kept.get(key)
      const candidate = { ...pattern, pack: pack.name }
      if (!rival || comesBefore(candidate, rival)) kept.set(key, candidate)
    }
  }
  return [...kept.values()].sort((one, other) => (comesBefore(one, other) ? -1 : 1))
}

function comesBefore(one: PackedPattern, other: PackedPattern): boolean {
  if (one.weight !== other.weight) return one.weight > other.weight
  if (one.pack !== other.pack) return one.pack < other.pack
  if (one.text !== other.text) return one.text < other.text
  return one.class < other.class
}

/** Made once per pattern and shared by all answers; frozen, so that none can spoil another. */
function makeVote(pattern: PackedPattern): Vote {
  const reason = { signal: `pattern:${pattern.pack}`, detail: pattern.text, weight: pattern.weight }
  return Object.freeze({ class: pattern.class, reason: Object.freeze(reason) })
}
