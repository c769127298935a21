import { describe, expect, it } from 'vitest'
import { canonicalForm, formsOf } from './forms.ts'

describe('forms', () => {
  const cases: readonly (readonly [word: string, has: string, hasNot: string])[] = [
    ['plan', 'plan plans planned planning', 'planing planes'],
    ['debug', 'debugs debugged debugging', ''],
    ['analyse', 'analyses analysed analysing analyze analyzes analyzed analyzing', ''],
    ['optimize', 'optimise optimised optimising optimized optimizing', ''],
    ['optimisation', 'optimization optimizations', ''],
    ['behaviour', 'behavior behaviors behaviours', ''],
    ['color', 'colour colours coloured coloring', ''],
    ['strategy', 'strategies', 'strategys'],
    ['study', 'studies studied studying', 'studing'],
    ['deploy', 'deploys deployed deploying', 'deploies deployying'],
    ['fix', 'fixes fixed fixing', 'fixxing fixs'],
    ['class', 'classes', 'classs classing2'],
    ['write', 'writes writing', 'writeing'],
    ['agree', 'agrees agreed agreeing', 'agreing'],
    ['die', 'dies died dying', ''],
    ['hypothesis', 'hypotheses', ''],
    ['process', 'processes processed processing', ''],
    ['commit', 'commits committed committing', ''],
    ['open', 'opens opened opening', ''],
    ['modelling', 'modeling', 'modellinged'],
    ['centre', 'center centers centred centring centered centering', ''],
    ['catalog', 'catalogue catalogs catalogued', ''],
    ['planning', 'planning', 'planninging planninged'],
    ['need', 'needs needed needing', ''],
    ['bring', 'brings', ''],
    ['mimic', 'mimics mimicking mimicked', ''],
    ['echo', 'echoes echos echoed echoing', ''],
  ]
  it.each(cases)('of "%s" hold %s', (word, has, hasNot) => {
    const forms = formsOf(word)
    expect(forms).toEqual(expect.arrayContaining(has.split(' ')))
    for (const wrong of hasNot.split(' ').filter(Boolean)) expect(forms).not.toContain(wrong)
  })

  it('of a word that is no English one, or very short, are the word alone', () => {
    for (const word of ['hi', 'go', '404', 'übersetze', '计', 'save_state'])
      expect(formsOf(word)).toEqual([word])
  })

  it('never make another everyday word out of one in -our or -ore', () => {
    expect(formsOf('four')).not.toContain('for')
    expect(formsOf('your')).not.toContain('yor')
    expect(formsOf('store')).not.toContain('stoer')
  })

  it('have one canonical spelling for both spellings', () => {
    for (const [one, other] of [
      ['analyse', 'analyze'],
      ['colour', 'color'],
      ['behavioural', 'behavioral'],
      ['centre', 'center'],
      ['labelling', 'labeling'],
    ] as const)
      expect(canonicalForm(one)).toBe(canonicalForm(other))
    expect(canonicalForm('plan')).not.toBe(canonicalForm('plane'))
  })
})
