import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { virtualClock } from '../core/virtual-clock.ts'
import { createClassifier } from './cascade.ts'
import type { Classifier } from './classifier.ts'
import { type ClassesModel, learnedModel } from './learned/learned-model.ts'
import { loadPacks } from './load-packs.ts'
import { type ClassRow, trainClasses } from './train/train-classes.ts'

interface Sentence extends ClassRow {
  readonly split: string
}

const sentences = readFileSync('data/sentences.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Sentence)
const model = learnedModel(
  trainClasses(
    sentences.filter(({ split }) => split === 'train'),
    { seed: 1 },
  ),
) as ClassesModel

function cascade(
  more: { model?: ClassesModel; explains?: boolean; packs?: readonly string[] } = {},
): Classifier {
  const { packs = ['general', 'coding'], ...rest } = more
  return createClassifier({
    packs: loadPacks(packs),
    fallback: 'tactical',
    cache: { entries: 0, ttlMs: 1 },
    clock: virtualClock(),
    ...rest,
  })
}

/** The same model, always as sure as this. */
const saying = (said: Partial<ReturnType<ClassesModel['classify']>>): ClassesModel => ({
  ...model,
  classify: () => ({ class: 'strategic', confidence: 0.9, score: 0.9, outOfScope: false, ...said }),
})

describe('a cascade with a model', () => {
  const learned = cascade({ model })

  it('asks it where the patterns have nothing to say', () => {
    const text = 'Wäge ab, ob wir das Lager selbst betreiben oder auslagern sollten'
    expect(cascade().classify({ text })).toMatchObject({ source: 'fallback' })
    expect(learned.classify({ text })).toMatchObject({ class: 'strategic', source: 'learned' })
  })

  it('leaves what the patterns are sure of to them', () => {
    expect(
      cascade({ model: saying({ class: 'simple' }) }).classify({
        text: 'Plan the migration and weigh the trade-offs',
      }),
    ).toMatchObject({
      class: 'strategic',
      source: 'pattern',
    })
  })

  it('never overrules what the caller hints at', () => {
    const hinted = cascade({ model: saying({ class: 'simple' }) }).classify({
      text: 'look into it, please',
      context: { requires_planning: true },
    })
    expect(hinted).toMatchObject({ class: 'strategic', source: 'hint' })
  })

  it.each([
    ['is not sure', { confidence: 0.54 }],
    ['finds the text like none of its examples', { outOfScope: true }],
    ['names a class that nobody has', { class: 'poetic' }],
  ])('goes on without it where it %s', (_why, said) => {
    expect(cascade({ model: saying(said) }).classify({ text: 'something or other' })).toMatchObject({
      class: 'tactical',
      source: 'fallback',
    })
  })

  it('does not ask it about a few characters', () => {
    expect(cascade({ model: saying({}) }).classify({ text: 'hm so?' }).source).not.toBe('learned')
  })

  it('takes a follow-up for what was asked before', () => {
    const earlier = ['Wäge ab, ob wir das Lager selbst betreiben oder auslagern sollten']
    expect(learned.classify({ text: 'weiter', earlier })).toMatchObject({
      class: 'strategic',
      source: 'learned',
    })
  })

  it('names the words that spoke for it and against, for those who ask', () => {
    const { reasons } = cascade({ model, explains: true }).classify({
      text: 'Wäge ab, ob wir das Lager selbst betreiben oder auslagern sollten',
    })
    expect(reasons[0]).toMatchObject({ signal: 'learned', detail: expect.stringContaining('strategic') })
    expect(reasons.slice(1).every(({ signal }) => signal.startsWith('learned: '))).toBe(true)
    expect(reasons.length).toBeGreaterThan(2)
    expect(
      learned.classify({ text: 'Wäge ab, ob wir das Lager selbst betreiben sollten' }).reasons,
    ).toHaveLength(1)
  })

  it('is right about held-out sentences far more often than the patterns alone', () => {
    const heldOut = sentences.filter(({ split }) => split === 'held-out')
    const share = (classifier: Classifier): number =>
      heldOut.filter(({ text, label }) => classifier.classify({ text }).class === label).length /
      heldOut.length
    expect(share(learned)).toBeGreaterThan(0.88)
    expect(share(cascade())).toBeLessThan(0.6)
  })
})
