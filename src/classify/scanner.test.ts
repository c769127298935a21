import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../core/clock.ts'
import { compileAutomaton } from './automaton.ts'
import { formsOf } from './forms.ts'
import { openingOf } from './opening.ts'
import { OPENING, type Pattern, readPattern } from './pattern.ts'
import { Scanner, WINDOW_CHARS } from './scanner.ts'

function partsOf(written: string): Pattern['parts'] {
  const reading = readPattern(written)
  if ('reason' in reading) throw new Error(reading.reason)
  return reading.parts
}

function scannerOf(patterns: readonly string[]): (text: string) => readonly string[] {
  const scanner = new Scanner(compileAutomaton(patterns.map(partsOf)))
  return (text) =>
    scanner
      .scan(text)
      .map((index) => patterns[index] ?? '')
      .sort()
}

const matches = (pattern: string, text: string): boolean => scannerOf([pattern])(text).length > 0

describe('the scanner', () => {
  it('finds whole words in any case, with plural, -ing, -ed and both spellings', () => {
    for (const text of ['plan', 'PLAN', 'a Plan.', 'plans', 'planning', '(planned)', 'x\nplan'])
      expect(matches('plan', text), text).toBe(true)
    for (const text of ['plane', 'explan', 'planet', 'plan_b', 'plan2', 'éplan', 'plané'])
      expect(matches('plan', text), text).toBe(false)
    expect(matches('analyse', 'Analyzing it')).toBe(true)
    expect(matches('analyze', 'we analysed')).toBe(true)
    expect(matches('behaviour', 'odd behavior')).toBe(true)
  })

  it('knows letters beyond ASCII, in both cases', () => {
    expect(matches('übersetze', 'ÜBERSETZE das')).toBe(true)
    expect(matches('привет', 'Привет!')).toBe(true)
    expect(matches('pokémon', 'POKÉMON')).toBe(true)
    expect(matches('pokemon', 'pokémon')).toBe(false)
    expect(scannerOf(['implement', 'yazılım'])('IMPLEMENT YAZıLıM')).toEqual(['implement', 'yazılım'])
  })

  it('finds words of scripts without spaces inside a sentence', () => {
    expect(matches('计划', '请计划一下')).toBe(true)
    expect(matches('计划', '计谋划策')).toBe(false)
    expect(matches('こんにちは', 'えっと、こんにちは。')).toBe(true)
  })

  it('takes words that a pattern writes side by side only where nothing but blanks or one character is between', () => {
    for (const text of [
      'save state',
      'save  \t state',
      'save-state',
      "save'state",
      'SAVE STATES',
      'saved state',
    ])
      expect(matches('save state', text), text).toBe(true)
    for (const text of [
      'save the state',
      'save. State',
      'save, state',
      'save\nstate',
      'state save',
      'save -- state',
    ])
      expect(matches('save state', text), text).toBe(false)
    expect(matches("what's up", 'What’s up?')).toBe(true)
  })

  it('finds a phrase that begins inside a failed one', () => {
    expect(matches('save state now', 'save save state now')).toBe(true)
    expect(matches('a b a c', 'a b a b a c')).toBe(true)
  })

  it('takes "…" for anything on the same line, in this order', () => {
    for (const text of ['route planning', 'the route needs careful planning', 'planning a route: planning'])
      expect(matches('route … planning', text), text).toBe(true)
    for (const text of ['planning the route', 'route\nplanning', 'route\r\nplanning', 'route\u2028planning'])
      expect(matches('route … planning', text), text).toBe(false)
  })

  it('takes "^" for the opening of the text, after courtesies, and nowhere else', () => {
    for (const text of ['plan it', '"Planning" it', 'Please, can you plan it', 'now\nplan it', '- plan'])
      expect(matches('^plan', text), text).toBe(true)
    for (const text of ['the plan', 'fix it\nplan it', 'see: plan', 'please fix the plan', 'planet', '^'])
      expect(matches('^plan', text), text).toBe(false)
    expect(matches('^plan … route', 'please plan the route')).toBe(true)
    expect(matches('^plan … route', 'the plan of the route')).toBe(false)
    expect(matches('^plan a route', 'could you plan a route')).toBe(true)
    expect(matches('^计划', '计划一下')).toBe(true)
    expect(scannerOf(['plan', '^plan', 'please', '^please'])('please plan')).toEqual([
      '^plan',
      'plan',
      'please',
    ])
  })

  it('knows one opening of a long text, not one of each end', () => {
    const scan = scannerOf(['^plan', 'plan … route'])
    expect(scan(`plan ${'x '.repeat(WINDOW_CHARS)}`)).toEqual(['^plan'])
    const tail = 'plan '.padEnd(WINDOW_CHARS, 'x ')
    expect(scan(`${'y '.repeat(WINDOW_CHARS)}${tail}`)).toEqual([])
  })

  it('does not take one word for two parts', () => {
    expect(matches('plan … plan', 'plan')).toBe(false)
    expect(matches('plan … plan', 'plan the plan')).toBe(true)
    expect(matches('a b … b c', 'a b c')).toBe(false)
    expect(matches('a b … b c', 'a b b c')).toBe(true)
    expect(matches('test … testing', 'testing')).toBe(false)
  })

  it('reports each pattern once, however often it occurs', () => {
    expect(scannerOf(['plan', 'plan … route'])('plan route plan route\nplan route')).toEqual([
      'plan',
      'plan … route',
    ])
  })

  it('reports every pattern that a word stands for', () => {
    expect(scannerOf(['test', 'testing', 'test suite'])('testing suites')).toEqual([
      'test',
      'test suite',
      'testing',
    ])
  })

  it('reads the first and the last 32,768 characters of a long text', () => {
    const filler = (chars: number): string => 'x '.repeat(chars / 2)
    const scan = scannerOf(['plan', 'route … planning', 'save state'])
    expect(scan(`plan ${filler(100_000)}`)).toEqual(['plan'])
    expect(scan(`${filler(100_000)} plan`)).toEqual(['plan'])
    expect(scan(`${filler(50_000)} plan ${filler(50_000)}`)).toEqual([])
    expect(scan(`${filler(30_000)} plan ${filler(30_000)}`)).toEqual(['plan'])
  })

  it('follows nothing across the gap between the two ends', () => {
    const scan = scannerOf(['route … planning', 'save state', 'pilot'])
    const head = 'route save '.padEnd(WINDOW_CHARS - 5, 'x ').padEnd(WINDOW_CHARS, ' save')
    expect(scan(`${head}${'y'.repeat(5_000)}${' state planning '.padEnd(WINDOW_CHARS, 'z ')}`)).toEqual([])
    expect(scan(`${'x'.repeat(WINDOW_CHARS - 3)} pilot${'y '.repeat(WINDOW_CHARS)}`)).toEqual([])
  })

  it('takes any string: empty, lone surrogates, NUL, emoji', () => {
    const scan = scannerOf(['plan'])
    expect(scan('')).toEqual([])
    expect(scan('\ud800plan\udc00')).toEqual(['plan'])
    expect(scan('\0plan\0')).toEqual(['plan'])
    expect(scan('👍plan❤️')).toEqual(['plan'])
  })

  it('matches nothing when there is no pattern', () => {
    expect(scannerOf([])('plan the route')).toEqual([])
  })

  it('carries nothing over from one text to the next', () => {
    const scan = scannerOf(['route … planning', 'save state'])
    expect(scan('the route, and save')).toEqual([])
    expect(scan('state of planning')).toEqual([])
    expect(scan('save state')).toEqual(['save state'])
    expect(scan('save state')).toEqual(['save state'])
  })
})

describe('the scanner, beside a naive matcher', () => {
  const vocabulary = [
    'plan',
    'plane',
    'route',
    'save',
    'state',
    'test',
    'testing',
    'a',
    'analyse',
    '计',
    '划',
    'é',
  ]
  const inText = [...vocabulary, 'plans', 'planning', 'Routes', 'SAVED', 'analyzing', 'xyz', 'É', '_', '9']
  const separator = fc.constantFrom(' ', ' ', ' ', '  ', '\t', '-', ', ', '\n', ' - ', '', '…', '\r\n')
  const part = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 3 })
  const pattern = fc
    .array(part, { minLength: 1, maxLength: 4 })
    .chain((parts) =>
      fc
        .constantFrom('', '', '^')
        .map((opening) => opening + parts.map((words) => words.join(' ')).join(' … ')),
    )
  const text = fc
    .array(fc.tuple(fc.constantFrom(...inText), separator), { maxLength: 40 })
    .map((pieces) => pieces.flat().join(''))

  it('finds the same patterns in generated texts', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(pattern, { minLength: 1, maxLength: 25 }),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        (patterns, texts) => {
          const scan = scannerOf(patterns)
          for (const each of texts)
            expect(scan(each)).toEqual(
              patterns.filter((written) => naiveMatch(partsOf(written), each)).sort(),
            )
        },
      ),
      { numRuns: 600 },
    )
  })
})

interface Token {
  readonly word: string
  readonly adjacent: boolean
}

/** Straight from the definition, trying every place: slow and plain. */
function naiveMatch(parts: Pattern['parts'], text: string): boolean {
  const [first, ...others] = parts
  if (first?.[0] === OPENING) {
    const opening = openingOf(text)
    const line = opening < 0 ? '' : (text.slice(opening).split(/[\n\r]/)[0] ?? '')
    const head = tokensOf(line).slice(0, first.length - 1)
    const words = first.slice(1)
    if (!wordsStand(words, head, 0)) return false
    const rest = tokensOf(line).slice(head.length)
    return (
      others.length === 0 ||
      naiveMatch(others, rest.map(({ word }, index) => joined(word, rest[index + 1])).join(''))
    )
  }
  return text.split(/[\n\r]/).some((line) => {
    const tokens = tokensOf(line)
    const matchesFrom = (part: number, from: number): boolean => {
      const words = parts[part]
      if (!words) return true
      for (let at = from; at + words.length <= tokens.length; at++)
        if (wordsStand(words, tokens, at) && matchesFrom(part + 1, at + words.length)) return true
      return false
    }
    return matchesFrom(0, 0)
  })
}

/** The word as it stands before another: Han needs no blank, what is not adjacent gets two marks between. */
function joined(word: string, next: Token | undefined): string {
  return !next ? word : next.adjacent ? `${word} ` : `${word} - `
}

function wordsStand(words: readonly string[], tokens: readonly Token[], at: number): boolean {
  return words.every((word, index) => {
    const token = tokens[at + index]
    return token && formsOf(word).includes(token.word) && (index === 0 || token.adjacent)
  })
}

function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const match of line.matchAll(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}_])+/gu)) {
    const gap = line.slice(end, match.index)
    tokens.push({ word: match[0].toLowerCase(), adjacent: gap.length <= 1 || gap.trim() === '' })
    end = match.index + match[0].length
  }
  return tokens
}

describe('the scanner, under attack', () => {
  /** The best of some runs: what the machine does meanwhile is not ours. */
  function bestMs(run: () => void): number {
    let best = Infinity
    for (let count = 0; count < 40 && best >= STALL_MS; count++) {
      const startMs = systemClock.now()
      run()
      best = Math.min(best, systemClock.now() - startMs)
    }
    return best
  }
  const STALL_MS = 25
  const fill = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length))

  it('reads a megabyte of its own patterns in a few milliseconds', () => {
    const scan = scannerOf(['a … b … c … d', 'a b c d e', 'a a a a a a a a', 'plan', 'plan … route'])
    for (const piece of ['a', 'a ', 'a b c d ', 'a\n', 'plan ', 'a b c\n', ' ', '\n']) {
      const text = fill(piece)
      const ms = bestMs(() => scan(text))
      expect(ms, JSON.stringify(piece)).toBeLessThan(STALL_MS)
    }
  })

  it('stays linear with thousands of sequences that share their first or last word', () => {
    const name = (index: number): string => `w${index.toString(36)}`
    const patterns: string[] = []
    for (let index = 0; index < 2_400; index++)
      patterns.push(`the … ${name(index)}`, `${name(index)} … end`, `q${index} … the`)
    const scan = scannerOf(patterns)
    const names = Array.from({ length: 2_400 }, (_, index) => name(index))
    const hostile = [
      fill('the the '),
      fill('the\n'),
      fill('w1 the\n'),
      fill('q1 q2 q3 the w1\n'),
      fill(`${names.map((each) => `${each} the `).join('')}\n`),
      fill(`${names.join(' ')} `),
    ]
    for (const text of hostile) expect(bestMs(() => scan(text))).toBeLessThan(STALL_MS)
  })
})
