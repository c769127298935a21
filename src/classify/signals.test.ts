import { describe, expect, it } from 'vitest'
import { acknowledgementVotes, formVotes, hintVotes, isSelfContainedQuestion, weakVotes } from './signals.ts'
import type { Vote } from './verdict.ts'

const told = (votes: readonly Vote[]): readonly string[] =>
  votes.map((vote) => `${vote.class} ${vote.reason.signal} ${vote.reason.weight}`)

describe('the form of a text', () => {
  it.each([
    'What is a monad?',
    "what's a monad",
    'who wrote Hamlet?',
    'When did the war end?',
    '  Where is Lima? ',
    'Which city hosts the Louvre?',
    'How many legs has a spider?',
    'how old is the universe',
    'Is Pluto a planet?',
    'Did Rome fall in 476?',
  ])('says simple for the factual question "%s"', (text) => {
    expect(told(formVotes(text))).toEqual(['simple question 6'])
  })

  it.each(['Stimmt das wirklich?', 'Pluto: planet or not?', '这是什么？', 'ما هذا؟'])(
    'says simple, less loudly, for "%s", which only ends as a question',
    (text) => {
      expect(told(formVotes(text))).toEqual(['simple question 3'])
    },
  )

  it.each([
    'Why is the sky blue?',
    'How should we split the service?',
    'Should I learn Rust?',
    'Can you look at it?',
    'Is Pluto a planet',
    'however, what is it',
    `What is ${'very '.repeat(30)}long?`,
    '',
    '?!',
  ])('says nothing for "%s"', (text) => {
    expect(told(formVotes(text))).toEqual([])
  })

  it('says tactical for a fenced code block, at both ends of a long text', () => {
    expect(told(formVotes('see:\n```ts\nlet a\n```'))).toEqual(['tactical code 6'])
    expect(told(formVotes(`${'x'.repeat(100_000)}\n\`\`\`\nlet a`))).toEqual(['tactical code 6'])
    expect(told(formVotes(`${'x'.repeat(50_000)}\n\`\`\`\n${'x'.repeat(50_000)}`))).toEqual([])
    expect(told(formVotes('an `inline` word'))).toEqual([])
  })
})

describe('an acknowledgement', () => {
  it('is a few words that ask for nothing', () => {
    for (const text of ['ok', 'Yes!', 'tl;dr', 'ok, got it', 'Sounds good.', 'да'])
      expect(told(acknowledgementVotes(text)), text).toEqual(['simple acknowledgement 6'])
    for (const text of [
      '',
      '?',
      '2',
      'go on',
      'yes, do that',
      'ok now fix it',
      'ok '.repeat(5),
      'ok '.repeat(100_000),
    ])
      expect(acknowledgementVotes(text), text.slice(0, 20)).toEqual([])
  })
})

describe('what stands around a text', () => {
  it('speaks weakly: tools, and effort at its ends', () => {
    expect(told(weakVotes({ text: '', tools: true }))).toEqual(['tactical tools 2'])
    expect(told(weakVotes({ text: '', tools: false, effort: 'medium' }))).toEqual([])
    expect(told(weakVotes({ text: '', effort: 'high' }))).toEqual([])
    for (const effort of ['low', 'minimal'])
      expect(told(weakVotes({ text: '', effort }))).toEqual(['simple effort 2'])
    for (const effort of ['xhigh', 'max'])
      expect(told(weakVotes({ text: '', effort }))).toEqual(['strategic effort 2'])
  })
})

describe('the hints of the caller', () => {
  it('add their weights, under both spellings of their names', () => {
    expect(told(hintVotes({ requires_planning: true }))).toEqual(['strategic hint 10'])
    expect(told(hintVotes({ requiresPlanning: true, requires_planning: true }))).toEqual([
      'strategic hint 10',
    ])
    expect(told(hintVotes({ requires_implementation: true, urgent: true }))).toEqual([
      'tactical hint 10',
      'tactical hint 5',
    ])
    expect(told(hintVotes({ requiresImplementation: true }))).toEqual(['tactical hint 10'])
  })

  it('count only when they are true', () => {
    for (const value of [false, 1, 'true', 'yes', {}, null, undefined])
      expect(hintVotes({ requires_planning: value, urgent: value })).toEqual([])
    expect(hintVotes({ planning: true })).toEqual([])
    expect(hintVotes(undefined)).toEqual([])
  })
})

describe('a self-contained question', () => {
  it('asks for a fact and points at nothing said before', () => {
    for (const text of ['who wrote Hamlet?', 'which city hosts the Louvre?', 'how many legs has a spider'])
      expect(isSelfContainedQuestion(text), text).toBe(true)
    for (const text of [
      'what next?',
      'what about the second one?',
      'when was that?',
      'who?',
      'why?',
      'is it?',
      'and you?',
    ])
      expect(isSelfContainedQuestion(text), text).toBe(false)
  })
})
