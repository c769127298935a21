import type { Vote } from './verdict.ts'

/**
 * Short follow-ups ("go on", "yes, do that", "2", "weiter") mean what was said before: the two texts before count
 * with decaying weights. From the last text alone, such messages find the right class one time in seven.
 */
const FOLLOW_UP_CHARS = 40

/** What remains of the weights of the text before, and of the one before that. */
const decays = [0.6, 0.3] as const

export function isShort(text: string): boolean {
  // The second test runs only on texts that are short enough to trim.
  return text.length < FOLLOW_UP_CHARS * 4 && text.trim().length < FOLLOW_UP_CHARS
}

/** Words that tell to go on. Beside them a "thanks" is mere courtesy: "go on, thanks". */
const goOnWords = new Set(
  'go continue proceed carry keep next again more do weiter continua continuez siguiente suivant'.split(' '),
)

export function saysGoOn(text: string): boolean {
  return text
    .toLowerCase()
    .split(' ')
    .some((word) => goOnWords.has(trimMarks(word)))
}

function trimMarks(word: string): string {
  let end = word.length
  while (end > 0 && ',.!;:'.includes(word[end - 1] ?? '')) end--
  return word.slice(0, end)
}

/**
 * The votes of the texts before, newest first, at their decayed weights. A vote that both give counts once, as the
 * newer gives it.
 */
export function earlierVotes(votesByText: readonly (readonly Vote[])[]): readonly Vote[] {
  const seen = new Set<string>()
  const earlier: Vote[] = []
  for (const [index, decay] of decays.entries()) {
    for (const vote of votesByText[index] ?? []) {
      const key = `${vote.class} ${vote.reason.signal} ${vote.reason.detail}`
      if (seen.has(key)) continue
      seen.add(key)
      const weight = Math.round(vote.reason.weight * decay * 100) / 100
      const reason = Object.freeze({ signal: 'earlier text', detail: vote.reason.detail, weight })
      earlier.push({ class: vote.class, reason })
    }
  }
  return earlier
}
