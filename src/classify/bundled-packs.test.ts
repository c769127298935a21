import { describe, expect, it } from 'vitest'
import { virtualClock } from '../core/virtual-clock.ts'
import { bundledPack, bundledPackNames } from './bundled-packs.ts'
import { createClassifier } from './cascade.ts'
import { patternKey, readPattern } from './pattern.ts'

const packs = bundledPackNames.flatMap((name) => bundledPack(name).pack ?? [])
const classifier = createClassifier({
  packs,
  fallback: 'tactical',
  cache: { entries: 0, ttlMs: 0 },
  clock: virtualClock(),
})
const classOf = (text: string): string => classifier.classify({ text }).class

describe('the bundled packs', () => {
  it('are without problems', () => {
    for (const name of bundledPackNames) expect(bundledPack(name).problems).toEqual([])
  })

  it('carry the name that they are asked for by', () => {
    expect(packs.map((pack) => pack.name)).toEqual(['general', 'coding', 'speedrun'])
  })

  it('are named when another name is asked for', () => {
    expect(bundledPack('genral').problems).toEqual([
      { path: 'genral', reason: 'is no bundled pack; did you mean "general"?' },
    ])
    expect(bundledPack('../../../etc/passwd').pack).toBeUndefined()
  })

  const seed: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    strategic: {
      15: 'pokemon … speedrun, route … planning, overall … strategy',
      12: 'compare … approaches, evaluate … options, recommend, suggest … strategy',
      10: 'strategy, plan, analyse, overview, architecture',
      9: 'experiment, hypothesis, research, investigate, study',
      8: 'optimise, improve, refactor, design',
    },
    tactical: {
      15: 'pokemon … gym, emulator, tile … grid, checkpoint, save … state',
      12: 'create … test, write … function, add … method, modify … code',
      10: 'implement, code, develop, build',
      9: 'script, function, method, class, module, test',
      8: 'debug, fix, bug, error, exception, troubleshoot',
      7: 'execute, run, perform, action, button, input, sequence',
    },
  }

  it('hold every word of the founding set at its weight', () => {
    const held = new Set(
      packs.flatMap((pack) =>
        pack.patterns.map(({ class: name, weight, parts }) => `${name} ${weight} ${patternKey(parts)}`),
      ),
    )
    for (const [name, weights] of Object.entries(seed)) {
      for (const [weight, words] of Object.entries(weights)) {
        for (const word of words.split(', ')) {
          const reading = readPattern(word)
          expect(held, word).toContain(
            `${name} ${weight} ${'parts' in reading ? patternKey(reading.parts) : ''}`,
          )
        }
      }
    }
  })

  it.each([
    'Analyze the overall strategy for the speedrun',
    'Plan the route through the first three gyms',
    'Plan a migration from our monolith to microservices',
    'What are the trade-offs between optimistic and pessimistic locking?',
    'Design the architecture of a multi-tenant billing system',
    'Compare these two approaches and recommend one',
    'Should we build or buy our feature flag service?',
    'Evaluate our options for reaching a million users',
    'Which message broker should we choose, and why? Weigh the options.',
    'Write up the pros and cons of moving to a four day week',
    'Prove that there are infinitely many primes',
    'Assess the risks of launching before the audit is finished',
    'Give me a roadmap for the next three quarters',
    'Investigate why churn doubled and propose a hypothesis for each segment',
    'Which badge order is best for the Pokémon speedrun?',
  ])('call "%s" strategic', (text) => {
    expect(classOf(text)).toBe('strategic')
  })

  it.each([
    'implement a function to parse the tile grid',
    'Fix the failing test in parser.test.ts',
    'Add a method that returns the last entry',
    'Write a function which reverses a linked list',
    'Rename getUser to findUser everywhere',
    'Why does this code throw a null pointer exception?',
    'npm run build crashes with a type error',
    'Remove the unused import and run the linter',
    'How do I center a div?',
    'Write a unit test for the empty case',
    'Debug the emulator: it stops after loading the save state',
    'press the A button and move to the next tile',
    'Draft an email to the landlord about the broken heating',
    'Calculate the monthly payment for a loan of 200,000 at 4 %',
    'Set up a GitHub action that deploys on every commit',
  ])('call "%s" tactical', (text) => {
    expect(classOf(text)).toBe('tactical')
  })

  it.each([
    'hi',
    'Hello!',
    'thanks!',
    'Thank you so much',
    'Good morning, how are you?',
    'Translate this to French',
    'what is the capital of France?',
    'Who painted the Mona Lisa?',
    'How many people live in Tokyo?',
    'Is Pluto a planet?',
    'Rewrite this paragraph in a friendlier tone',
    'Fix the grammar of this sentence',
    'Format this as a table',
    'List three fruits that are red',
    'Convert 20 miles to kilometres',
    'What does "ubiquitous" mean?',
    'Summarize this in one sentence',
    'Write a commit message for this diff',
    'format this JSON',
    'Bonjour',
    '谢谢',
    'obrigado!',
  ])('call "%s" simple', (text) => {
    expect(classOf(text)).toBe('simple')
  })
})
