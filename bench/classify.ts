/**
 * What one classification costs, with all bundled packs, from a JavaScript string; medians over batches. The
 * reference is what the founding classifier did, in the same run: one regular expression per pattern, tried one
 * after another. Strings with a character beyond Latin-1 take two bytes a character and are measured apart. The
 * cached rows decode every text anew, as a request would: its hash is never known beforehand.
 */
import { bundledPack, bundledPackNames } from '../src/classify/bundled-packs.ts'
import { createClassifier } from '../src/classify/cascade.ts'
import type { Classifier } from '../src/classify/classifier.ts'
import { formsOf } from '../src/classify/forms.ts'
import type { Pack } from '../src/classify/pack.ts'
import { OPENING, type Pattern } from '../src/classify/pattern.ts'
import { systemClock } from '../src/core/clock.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const sizes = [
  { name: '200 B', chars: 200, batch: 200, target: '≤ 5 µs' },
  { name: '2 KB', chars: 2_000, batch: 50, target: '≤ 30 µs' },
  { name: '60 KB', chars: 60_000, batch: 2, target: '≤ 700 µs' },
]

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const packs = bundledPackNames.flatMap((name) => bundledPack(name).pack ?? [])
  const uncached = createClassifier({ ...settings, packs, cache: { entries: 0, ttlMs: 0 } })
  const cached = createClassifier({ ...settings, packs, cache: { entries: 10_000, ttlMs: 300_000 } })
  const regexLoop = regexClassifier(packs)
  const batches = options.quick ? 20 : 300
  const rows: BenchRow[] = []
  for (const width of ['one-byte', 'two-byte'] as const) {
    for (const { name, chars, batch, target } of sizes) {
      const text = textOf(chars, width)
      const ours = median(batches, batch, () => uncached.classify({ text }))
      const theirs = median(options.quick ? 3 : 20, 1, () => regexLoop(text))
      rows.push({
        name: `classify ${name}, ${width}`,
        ours,
        unit: 'µs',
        reference: { name: 'one regex per pattern', value: theirs },
        target,
      })
    }
    rows.push(cachedRow(cached, textOf(200, width), width, batches))
  }
  return [...rows, ...adversarialRows(uncached, options)]
}

const settings = { fallback: 'tactical', clock: systemClock }

function cachedRow(cached: Classifier, text: string, width: string, batches: number): BenchRow {
  const bytes = Buffer.from(text, 'utf16le')
  const latin = Buffer.from(text, 'latin1')
  const decode = (): string => (width === 'one-byte' ? latin.toString('latin1') : bytes.toString('utf16le'))
  cached.classify({ text: decode() })
  const batch = 200
  const samples: number[] = []
  for (let count = 0; count < batches; count++) {
    const texts = Array.from({ length: batch }, decode)
    let at = 0
    samples.push(timed(batch, () => cached.classify({ text: texts[at++] ?? '' })))
  }
  return { name: `classify 200 B, ${width}, cached`, ours: middle(samples), unit: 'µs', target: '≤ 2 µs' }
}

/** Texts made to be slow: what cannot stall the event loop for longer than 25 ms. The worst of each is shown. */
function adversarialRows(classifier: Classifier, options: BenchOptions): readonly BenchRow[] {
  const megabyte = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length))
  const texts = {
    'no blank': megabyte('a'),
    'one line of pattern words': megabyte('plan compare write add save fix design which '),
    'lines of pattern words': megabyte('plan write\nadd state\n'),
    'almost phrases': megabyte('what is the what is how do you '),
    'backticks and question marks': megabyte('``?`'),
  }
  return Object.entries(texts).map(([name, text]) => {
    let worst = 0
    for (let count = 0; count < (options.quick ? 3 : 50); count++)
      worst = Math.max(
        worst,
        timed(1, () => classifier.classify({ text })),
      )
    return {
      name: `classify 1 MB adversarial: ${name} (worst)`,
      ours: worst / 1_000,
      unit: 'ms',
      target: '≤ 25 ms',
    }
  })
}

const sentences = [
  'Please analyze the overall strategy for the release and tell me what you would do first.',
  'The parser in module seven fails when a line ends in the middle of a string, so the test is red.',
  'We talked about it on Monday with the people from the other office, and nobody objected.',
  'Could you add a method that returns the last value, and write a test for the empty case?',
  'Afterwards the numbers should be shown in the table on the left, newest at the top.',
  'It worked yesterday; since the upgrade of the container it stops after about ninety seconds.',
  'Keep the names as they are, because other teams import them and would have to follow.',
]

function textOf(chars: number, width: 'one-byte' | 'two-byte'): string {
  let text = width === 'two-byte' ? '→ ' : ''
  for (let count = 0; text.length < chars; count++)
    text += `${sentences[count % sentences.length]}${count % 5 === 4 ? '\n' : ' '}`
  // Through a Buffer and back: a flat string, as it comes from a request.
  return Buffer.from(text.slice(0, chars)).toString('utf8')
}

function regexClassifier(packs: readonly Pack[]): (text: string) => number {
  const patterns = packs.flatMap((pack) => pack.patterns)
  const regexes = patterns.map(({ parts, weight }) => ({ regex: regexOf(parts), weight }))
  return (text) => {
    let score = 0
    for (const { regex, weight } of regexes) if (regex.test(text)) score += weight
    return score
  }
}

function regexOf(parts: Pattern['parts']): RegExp {
  const word = (each: string): string => (each === OPENING ? '^' : `\\b(?:${formsOf(each).join('|')})\\b`)
  return new RegExp(
    parts.map((words) => words.map(word).join('\\s+').replace('^\\s+', '^\\W*')).join('.*'),
    'i',
  )
}

function median(batches: number, batch: number, act: () => unknown): number {
  for (let count = 0; count < batches; count++) timed(batch, act)
  return middle(Array.from({ length: batches }, () => timed(batch, act)))
}

/** Microseconds per call. */
function timed(calls: number, act: () => unknown): number {
  const startMs = systemClock.now()
  for (let count = 0; count < calls; count++) act()
  return ((systemClock.now() - startMs) * 1_000) / calls
}

function middle(samples: number[]): number {
  return samples.sort((one, other) => one - other)[Math.floor(samples.length / 2)] ?? 0
}
