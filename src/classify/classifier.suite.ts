import { describe, expect, it } from 'vitest'
import type { Classifiable, Classifier } from './classifier.ts'

/** What every classifier promises, whatever it decides by. */
export function describeClassifier(name: string, create: () => Classifier): void {
  describe(`${name}, as a classifier`, () => {
    const messages: readonly Classifiable[] = [
      { text: '' },
      { text: ' \n\t' },
      { text: 'hi' },
      { text: 'Plan the migration and compare the approaches.' },
      { text: 'fix the failing test' },
      { text: 'what is the capital of France?' },
      { text: 'go on', earlier: ['Design the architecture.', 'thanks'] },
      {
        text: 'x',
        context: { requires_planning: true, urgent: false, note: ['a'] },
        tools: true,
        effort: 'max',
      },
      { text: 'übersetze das, 翻译, привет 👍🏽' },
      { text: '\ud800 lone \udfff \0 surrogates' },
      { text: '__proto__ constructor toString' },
      { text: 'plan '.repeat(200_000) },
      { text: '`"\\'.repeat(10_000) },
    ]

    it('answers every message with one of its classes', () => {
      const classifier = create()
      expect(classifier.classes.length).toBeGreaterThan(0)
      for (const message of messages) expect(classifier.classes).toContain(classifier.classify(message).class)
    })

    it('is sure between 0 and 0.99', () => {
      const classifier = create()
      for (const message of messages) {
        const { confidence } = classifier.classify(message)
        expect(confidence).toBeGreaterThanOrEqual(0)
        expect(confidence).toBeLessThanOrEqual(0.99)
      }
    })

    it('gives one to sixteen reasons, heaviest first', () => {
      const classifier = create()
      for (const message of messages) {
        const weights = classifier.classify(message).reasons.map((reason) => reason.weight)
        expect(weights.length).toBeGreaterThanOrEqual(1)
        expect(weights.length).toBeLessThanOrEqual(16)
        expect(weights).toEqual([...weights].sort((one, other) => other - one))
      }
    })

    it('says how long it took', () => {
      const { micros } = create().classify({ text: 'hi' })
      expect(micros).toBeGreaterThanOrEqual(0)
      expect(Number.isFinite(micros)).toBe(true)
    })

    it('answers the same message the same way, now, later and elsewhere', () => {
      const [one, other] = [create(), create()]
      const answers = messages.map((message) => one.classify(message))
      for (const [index, message] of [...messages.entries()].reverse()) {
        for (const classifier of [one, other]) {
          const { class: name, confidence, reasons } = classifier.classify(message)
          expect({ class: name, confidence, reasons }).toEqual({
            class: answers[index]?.class,
            confidence: answers[index]?.confidence,
            reasons: answers[index]?.reasons,
          })
        }
      }
    })

    it('gives answers that nobody can change', () => {
      const answer = create().classify({ text: 'fix the plan' })
      expect(Object.isFrozen(answer)).toBe(true)
      expect(Object.isFrozen(answer.reasons)).toBe(true)
      for (const reason of answer.reasons) expect(Object.isFrozen(reason)).toBe(true)
    })

    it('does not throw, even at what no caller should send', () => {
      const classifier = create()
      const trap = new Proxy({}, { get: () => thrower(), ownKeys: () => thrower() })
      const bad: readonly unknown[] = [
        undefined,
        null,
        {},
        { text: undefined },
        { text: 5 },
        { text: ['hi'] },
        { text: 'hi', earlier: [null, 7] },
        { text: 'hi', context: trap },
        { text: 'hi', context: 5, effort: 7, tools: 'yes' },
      ]
      // As a caller without types could call it.
      for (const message of bad)
        expect(classifier.classes).toContain(classifier.classify(message as Classifiable).class)
      expect(classifier.classify({ text: 'hi' }).class).toBe(create().classify({ text: 'hi' }).class)
    })
  })
}

function thrower(): never {
  throw new Error('read at your peril')
}
