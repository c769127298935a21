import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../core/clock.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { bundledPack, defaultPacks } from './bundled-packs.ts'
import { type ClassifierOptions, createClassifier, FAILURE_SIGNAL } from './cascade.ts'
import type { Classifiable, Classifier } from './classifier.ts'
import { describeClassifier } from './classifier.suite.ts'
import { gatherEvidence } from './evidence.ts'
import { type Pack, readPack } from './pack.ts'
import { compilePatterns } from './patterns.ts'

const bundled = defaultPacks.flatMap((name) => bundledPack(name).pack ?? [])

function classifierOf(options: Partial<ClassifierOptions> = {}): Classifier {
  return createClassifier({
    packs: bundled,
    fallback: 'tactical',
    cache: { entries: 0, ttlMs: 0 },
    clock: virtualClock(),
    ...options,
  })
}

function packOf(classes: string, name = 'mine'): Pack {
  const { pack, problems } = readPack(`name: ${name}\nclasses:\n${classes}`, `${name}.yaml`)
  if (!pack || problems.length > 0) throw new Error(JSON.stringify(problems))
  return pack
}

const three = packOf(
  '  strategic:\n    10: plan\n    7: map\n  tactical:\n    10: fix\n  simple:\n    6: hi\n',
)

describeClassifier('the cascade', () => classifierOf())
describeClassifier('the cascade with a cache', () => classifierOf({ cache: { entries: 100, ttlMs: 1_000 } }))
describeClassifier('the cascade without packs', () => classifierOf({ packs: [] }))
describeClassifier('the cascade on a pack of other classes', () =>
  classifierOf({ packs: [packOf('  billing:\n    5: refund\n')], fallback: 'other' }),
)

describe('the cascade', () => {
  const classifier = classifierOf({ packs: [three] })

  it('adds the weights of the patterns, and is as sure as the best stands out', () => {
    expect(classifier.classify({ text: 'plan, map and fix' })).toEqual({
      class: 'strategic',
      confidence: 17 / 27,
      source: 'pattern',
      reasons: [
        { signal: 'pattern:mine', detail: 'fix', weight: 10 },
        { signal: 'pattern:mine', detail: 'plan', weight: 10 },
        { signal: 'pattern:mine', detail: 'map', weight: 7 },
      ],
      micros: 0,
    })
  })

  it('calls a tie tactical, at 0.5', () => {
    expect(classifier.classify({ text: 'plan the fix' })).toMatchObject({
      class: 'tactical',
      confidence: 0.5,
      source: 'pattern',
    })
    expect(
      classifierOf({ packs: [three], fallback: 'simple' }).classify({ text: 'plan the fix' }).class,
    ).toBe('simple')
  })

  it('falls back, and says so, when nothing speaks for any class', () => {
    const answer = classifier.classify({ text: 'lorem ipsum' })
    expect(answer).toMatchObject({ class: 'tactical', source: 'fallback' })
    expect(answer.confidence).toBeLessThanOrEqual(0.3)
    expect(answer.reasons).toEqual([
      { signal: 'fallback', detail: 'no pattern and no signal matched', weight: 0 },
    ])
  })

  it('answers with the classes of its packs and the fallback', () => {
    expect(classifier.classes).toEqual(['simple', 'strategic', 'tactical'])
    expect(classifierOf({ packs: [packOf('  billing:\n    5: refund\n')] }).classes).toEqual([
      'billing',
      'tactical',
    ])
  })

  it('lets no signal or hint vote for a class that nobody defined', () => {
    const billing = classifierOf({ packs: [packOf('  billing:\n    5: refund\n')] })
    expect(billing.classify({ text: 'what is this?', context: { requires_planning: true } }).source).toBe(
      'fallback',
    )
  })

  it('gives at most sixteen reasons', () => {
    const text =
      'plan strategy analyse overview architecture research study design fix bug error code test run add '.repeat(
        2,
      )
    expect(classifierOf().classify({ text: `${text} implement build function` }).reasons).toHaveLength(16)
  })

  it('measures itself with the clock that it was given', () => {
    let nowMs = 0
    const clock: Clock = { ...virtualClock(), now: () => (nowMs += 0.00425) }
    expect(classifierOf({ clock }).classify({ text: 'hi' }).micros).toBe(4.3)
  })
})

describe('the hints of the context', () => {
  const classifier = classifierOf({ packs: [three] })

  it('decide an ambiguous text, and say that they did', () => {
    expect(classifier.classify({ text: 'plan the fix', context: { requires_planning: true } })).toMatchObject(
      {
        class: 'strategic',
        confidence: 20 / 30,
        source: 'hint',
      },
    )
  })

  it('decide a text that says nothing', () => {
    const context = { requires_implementation: true }
    expect(classifier.classify({ text: 'lorem', context })).toMatchObject({
      class: 'tactical',
      source: 'hint',
    })
  })

  it('leave the source alone where the winner would be the same', () => {
    expect(classifier.classify({ text: 'plan', context: { requires_planning: true } }).source).toBe('pattern')
    expect(classifier.classify({ text: 'plan it', context: { urgent: true } })).toMatchObject({
      class: 'strategic',
      source: 'pattern',
      confidence: 10 / 15,
    })
  })

  it('are not named as the source where a weak signal would have decided alike', () => {
    const context = { requires_planning: true }
    expect(classifier.classify({ text: 'plan the fix', effort: 'max', context }).source).toBe('pattern')
  })

  it('are named as the source when they make a tie', () => {
    expect(classifier.classify({ text: 'plan', context: { requires_implementation: true } })).toMatchObject({
      class: 'tactical',
      confidence: 0.5,
      source: 'hint',
    })
  })

  it('stand among the reasons', () => {
    expect(classifier.classify({ text: 'hi', context: { urgent: true } }).reasons).toContainEqual({
      signal: 'hint',
      detail: 'urgent',
      weight: 5,
    })
  })
})

describe('weak signals', () => {
  const classifier = classifierOf({ packs: [three] })

  it('break a tie', () => {
    expect(classifier.classify({ text: 'plan the fix', effort: 'max' })).toMatchObject({ class: 'strategic' })
    expect(classifier.classify({ text: 'plan the fix', tools: true })).toMatchObject({
      class: 'tactical',
      confidence: 12 / 22,
    })
  })

  it('say nothing alone', () => {
    expect(classifier.classify({ text: 'lorem', effort: 'max', tools: true }).source).toBe('fallback')
    expect(classifier.classify({ text: 'lorem', effort: 'low' }).source).toBe('fallback')
  })
})

describe('short follow-ups', () => {
  const classifier = classifierOf()
  const strategic = ['Design the architecture of our billing system and weigh the options']
  const tactical = ['Fix the failing test in the parser module']

  it.each([
    'go on',
    'yes, do that',
    '2',
    'weiter',
    '👍',
    'ok',
    'the second',
    'why?',
    'what about the other one?',
  ])('mean what was said before: "%s"', (text) => {
    expect(classifier.classify({ text, earlier: strategic }).class).toBe('strategic')
    expect(classifier.classify({ text, earlier: tactical }).class).toBe('tactical')
  })

  it('count for what they point at, not for their form', () => {
    const plain = classifierOf({ packs: [three] })
    expect(plain.classify({ text: 'what next?', earlier: ['plan'] })).toMatchObject({
      class: 'strategic',
      confidence: 0.99,
    })
    expect(plain.classify({ text: 'what next?', earlier: ['hmm'] }).class).toBe('simple')
  })

  it('say so in their reasons', () => {
    const { reasons } = classifier.classify({ text: 'go on', earlier: strategic })
    expect(reasons.every((reason) => reason.signal === 'earlier text')).toBe(true)
    expect(reasons).toContainEqual({ signal: 'earlier text', detail: 'architecture', weight: 6 })
  })

  it('take the newer of the two texts before for the weightier', () => {
    const both = classifierOf({ packs: [packOf('  strategic:\n    10: plan\n  tactical:\n    10: fix\n')] })
    expect(both.classify({ text: 'go on', earlier: ['plan', 'fix'] }).class).toBe('strategic')
    expect(both.classify({ text: 'go on', earlier: ['fix', 'plan'] }).class).toBe('tactical')
    expect(both.classify({ text: 'go on', earlier: ['ok', 'plan', 'fix'] }).class).toBe('strategic')
    expect(both.classify({ text: 'go on', earlier: ['ok', 'yes', 'plan'] }).source).toBe('fallback')
  })

  it('that are mere acknowledgements are simple where nothing was said before', () => {
    for (const text of ['ok', 'yes', 'tl;dr']) {
      expect(classifier.classify({ text })).toMatchObject({
        class: 'simple',
        confidence: 0.99,
        source: 'pattern',
      })
      expect(classifier.classify({ text, earlier: [] }).class).toBe('simple')
      expect(classifier.classify({ text, earlier: strategic }).class).toBe('strategic')
    }
    expect(classifier.classify({ text: 'ok', earlier: ['lorem'] }).source).toBe('fallback')
  })

  it('fall back where what was before says nothing either', () => {
    expect(classifier.classify({ text: 'go on', earlier: ['hmm'] }).source).toBe('fallback')
    expect(classifier.classify({ text: 'go on', earlier: [] }).source).toBe('fallback')
  })

  it('are not those that say something themselves, nor longer texts', () => {
    expect(classifier.classify({ text: 'fix it', earlier: strategic }).class).toBe('tactical')
    expect(classifier.classify({ text: 'which city hosts the Louvre?', earlier: strategic }).class).toBe(
      'simple',
    )
    expect(classifier.classify({ text: 'lorem '.repeat(10), earlier: strategic }).source).toBe('fallback')
  })

  it('are not greetings or thanks alone, but courtesy beside "go on" is', () => {
    for (const text of ['thanks', 'ok, thanks!', 'hello', 'Thank you so much'])
      expect(classifier.classify({ text, earlier: strategic }).class).toBe('simple')
    expect(classifier.classify({ text: 'thanks, go on', earlier: strategic }).class).toBe('strategic')
  })
})

describe('the cache of the cascade', () => {
  it('answers the same message again, as a new object with the old reasons', () => {
    const classifier = classifierOf({ cache: { entries: 10, ttlMs: 1_000 } })
    const first = classifier.classify({ text: 'fix the test' })
    const second = classifier.classify({ text: 'fix the test' })
    expect(second).not.toBe(first)
    expect(second).toEqual({ ...first, source: 'cache' })
    expect(first.source).toBe('pattern')
  })

  it('takes the same text with another context, earlier texts or facts for another message', () => {
    const classifier = classifierOf({ cache: { entries: 10, ttlMs: 1_000 } })
    classifier.classify({ text: 'go on' })
    for (const other of [
      { context: { requires_planning: true } },
      { context: { project: 'a' } },
      { earlier: ['plan'] },
      { tools: true },
      { effort: 'low' },
    ])
      expect(classifier.classify({ text: 'go on', ...other }).source, JSON.stringify(other)).not.toBe('cache')
    expect(classifier.classify({ text: 'go on' }).source).toBe('cache')
  })

  it('expires', () => {
    const clock = virtualClock(1)
    const classifier = classifierOf({ cache: { entries: 10, ttlMs: 1_000 }, clock })
    classifier.classify({ text: 'hi' })
    clock.advance(1_001)
    expect(classifier.classify({ text: 'hi' }).source).toBe('pattern')
  })
})

describe('a failure inside', () => {
  it('ends as the fallback class, is told to the listener, and is not kept', () => {
    const failures: unknown[] = []
    const classifier = classifierOf({
      cache: { entries: 10, ttlMs: 1_000 },
      onFailure: (error) => failures.push(error),
    })
    const context = {
      get requires_planning(): boolean {
        throw new Error('boom')
      },
    }
    for (let count = 0; count < 2; count++)
      expect(classifier.classify({ text: 'plan', context })).toMatchObject({
        class: 'tactical',
        source: 'fallback',
        reasons: [{ signal: FAILURE_SIGNAL, weight: 0 }],
      })
    expect(failures).toHaveLength(2)
    expect(classifier.classify({ text: 'plan' }).class).toBe('strategic')
  })

  it('does not reach the caller even when the listener fails too', () => {
    const onFailure = (): never => {
      throw new Error('worse')
    }
    // As a caller without types could call it.
    expect(classifierOf({ onFailure }).classify({ text: 5 } as unknown as Classifiable).source).toBe(
      'fallback',
    )
  })
})

describe('the cascade, on generated messages', () => {
  const word = fc.constantFrom(
    'plan',
    'strategy',
    'design',
    'compare',
    'approaches',
    'fix',
    'failing',
    'test',
    'add',
    'method',
    'hi',
    'thanks',
    'translate',
    'list',
    'what',
    'is',
    'the',
    'capital',
    'of',
    'lorem',
    'go',
    'on',
    'tile',
    'grid',
    '```',
    '?',
  )
  const text = fc
    .array(fc.tuple(word, fc.constantFrom(' ', ', ', '\n')), { maxLength: 15 })
    .map((all) => all.flat().join(''))
  const message: fc.Arbitrary<Classifiable> = fc.record(
    {
      text,
      earlier: fc.array(text, { maxLength: 2 }),
      context: fc.dictionary(
        fc.constantFrom('requires_planning', 'requires_implementation', 'urgent'),
        fc.boolean(),
      ),
      tools: fc.boolean(),
      effort: fc.constantFrom('low', 'high', 'max'),
    },
    { requiredKeys: ['text'] },
  )
  const classifier = classifierOf()
  const patterns = compilePatterns(bundled)
  const classes = new Set(classifier.classes)

  it('is sure within bounds: above 0.5 for a winner, 0.5 for a tie, 0.3 for the fallback', () => {
    fc.assert(
      fc.property(message, (each) => {
        const { confidence, source } = classifier.classify(each)
        if (source === 'fallback') expect(confidence).toBe(0.3)
        else expect(confidence).toBeGreaterThanOrEqual(0.5)
        expect(confidence).toBeLessThanOrEqual(0.99)
      }),
    )
  })

  it('does not depend on the order of the packs', () => {
    const others = [
      [2, 0, 1],
      [1, 2, 0],
      [2, 1, 0],
    ].map((order) => classifierOf({ packs: order.flatMap((index) => bundled[index] ?? []) }))
    fc.assert(
      fc.property(message, (each) => {
        for (const other of others) expect(other.classify(each)).toEqual(classifier.classify(each))
      }),
    )
  })

  it('never lowers the score of the class that a hint speaks for', () => {
    const score = (each: Classifiable, name: string): number =>
      gatherEvidence(each, patterns, classes).scores.get(name) ?? 0
    fc.assert(
      fc.property(message, (each) => {
        for (const [hint, name, weight] of [
          ['requires_planning', 'strategic', 10],
          ['requires_implementation', 'tactical', 10],
          ['urgent', 'tactical', 5],
        ] as const) {
          const without = { ...each, context: { ...each.context, [hint]: false } }
          const hinted = { ...each, context: { ...each.context, [hint]: true } }
          expect(score(hinted, name)).toBeGreaterThanOrEqual(score(without, name) + weight)
          if (classifier.classify(without).class === name)
            expect(classifier.classify(hinted).class).toBe(name)
        }
      }),
    )
  })

  it('names the hint as source exactly when the winner would be another, or none, without it', () => {
    fc.assert(
      fc.property(message, (each) => {
        const hinted = classifier.classify(each)
        const plain = classifier.classify({ ...each, context: {} })
        const differs =
          hinted.class !== plain.class || (hinted.source !== 'fallback' && plain.source === 'fallback')
        expect(hinted.source === 'hint').toBe(differs)
      }),
    )
  })
})
