import { isWordUnit } from './characters.ts'

/**
 * Where a text says what is asked: its first word, after the courtesies that people put before it ("could you please
 * now …"). Patterns that begin with "^" match there and nowhere else.
 */
const courtesies = byFirstWord([
  ...'please pls plz kindly now then next first also and so just bitte porfavor'.split(' '),
  ...'ok okay yes great thanks thank|you hi hello hey hi|there hello|there hey|there'.split(' '),
  ...'can|you could|you would|you will|you would|you|mind let|s lets let|us help|me'.split(' '),
  ...'i|want|you|to i|need|you|to i|d|like|you|to i|would|like|you|to your|task|is|to'.split(' '),
  ...'i|want|to i|need|to i|d|like|to i|would|like|to we|need|to we|want|to'.split(' '),
  ...'kannst|du könntest|du können|sie s|il|te|plaît s|il|vous|plaît peux|tu pouvez|vous'.split(' '),
  ...'por|favor puedes podrías'.split(' '),
])

const COURTESIES_MAX = 8
/** What may stand before the first word, and between two: quotes, a list mark, an emoji, blank lines. */
const GAP_CHARS_MAX = 64
const WORD_CHARS_MAX = 12

/** Bounded: looks at no more than eight courtesies. −1 where no word follows them. */
export function openingOf(text: string): number {
  let opening = wordAt(text, 0)
  for (let count = 0; count < COURTESIES_MAX && opening >= 0; count++) {
    const end = courtesyEnd(text, opening)
    if (end < 0) break
    opening = wordAt(text, end)
  }
  return opening
}

/** Where the longest courtesy that begins at `from` ends; −1 for none. */
function courtesyEnd(text: string, from: number): number {
  const firstEnd = wordEnd(text, from)
  let longest = -1
  for (const rest of courtesies.get(wordIn(text, from, firstEnd)) ?? []) {
    let end = firstEnd
    for (const word of rest) {
      const start = wordAt(text, end)
      end = start < 0 ? -1 : wordEnd(text, start)
      if (end < 0 || wordIn(text, start, end) !== word) {
        end = -1
        break
      }
    }
    longest = Math.max(longest, end)
  }
  return longest
}

function wordAt(text: string, from: number): number {
  const to = Math.min(text.length, from + GAP_CHARS_MAX)
  for (let index = from; index < to; index++) if (isWordUnit(text.charCodeAt(index))) return index
  return -1
}

function wordEnd(text: string, from: number): number {
  const to = Math.min(text.length, from + WORD_CHARS_MAX)
  let index = from
  while (index < to && isWordUnit(text.charCodeAt(index))) index++
  return index
}

function wordIn(text: string, from: number, to: number): string {
  return text.slice(from, to).toLowerCase()
}

/** First word → the words that follow it, one list a courtesy. */
function byFirstWord(written: readonly string[]): ReadonlyMap<string, readonly (readonly string[])[]> {
  const courtesies = new Map<string, (readonly string[])[]>()
  for (const each of written) {
    const [first = '', ...rest] = each.split('|')
    const others = courtesies.get(first)
    if (others) others.push(rest)
    else courtesies.set(first, [rest])
  }
  return courtesies
}
