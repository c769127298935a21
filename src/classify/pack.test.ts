import { describe, expect, it } from 'vitest'
import { readPack } from './pack.ts'

const good = `
name: support
description: What customers ask for
classes:
  billing:
    12: refund, credit card … charged
    8: [invoice, "receipt"]
  technical:
    7.5:
      - does not work
      - 404
`

describe('a pack', () => {
  it('is read with its classes, weights and patterns', () => {
    const { pack, problems } = readPack(good, 'support.yaml')
    expect(problems).toEqual([])
    expect(pack).toMatchObject({
      name: 'support',
      description: 'What customers ask for',
      classes: ['billing', 'technical'],
    })
    expect(pack?.patterns.map(({ class: name, weight, text }) => [name, weight, text])).toEqual([
      ['billing', 12, 'refund'],
      ['billing', 12, 'credit card … charged'],
      ['billing', 8, 'invoice'],
      ['billing', 8, 'receipt'],
      ['technical', 7.5, 'does not work'],
      ['technical', 7.5, '404'],
    ])
  })

  it('takes patterns as a list, or as a text with commas or lines between them', () => {
    const texts = [
      '[a, b c, d … e]',
      'a, b c, d … e',
      'a, b c, d … e,',
      '|\n      a\n      b c\n      d … e',
      '\n      a, b c,\n      d … e',
    ]
    for (const text of texts) {
      const { pack, problems } = readPack(`name: x\nclasses:\n  y:\n    5: ${text}\n`, 'x.yaml')
      expect(problems).toEqual([])
      expect(pack?.patterns.map((pattern) => pattern.text)).toEqual(['a', 'b c', 'd … e'])
    }
  })

  it('refuses a bad pattern with its place and reason, and the rest still works', () => {
    const text =
      'name: x\nclasses:\n  y:\n    10:\n      plan, fix.*bug,\n      route\n    9:\n      - "(a)"\n      - good\n'
    const { pack, problems } = readPack(text, 'mine.yaml')
    expect(pack?.patterns.map((pattern) => pattern.text).sort()).toEqual(['good', 'plan', 'route'])
    expect(problems).toEqual([
      {
        path: 'mine.yaml: classes.y.10[1]',
        line: 5,
        pattern: 'fix.*bug',
        reason: expect.stringContaining('no regular expressions'),
      },
      {
        path: 'mine.yaml: classes.y.9[0]',
        line: 8,
        pattern: '(a)',
        reason: expect.stringContaining('no regular expressions'),
      },
    ])
  })

  it('names the line of a pattern in a text over many lines', () => {
    const text =
      'name: x\nclasses:\n  y:\n    10:\n      save state, state,\n      walk me\n      through, bad(\n'
    expect(readPack(text, 'x.yaml').problems).toMatchObject([{ line: 7, pattern: 'bad(' }])
    const twice = 'name: x\nclasses:\n  y:\n    10:\n      state, save state,\n      state\n'
    expect(readPack(twice, 'x.yaml').problems).toMatchObject([{ line: 6, pattern: 'state' }])
  })

  it('refuses a pattern that stands in the class already, in whatever spelling', () => {
    const { problems } = readPack(
      'name: x\nclasses:\n  y:\n    10: analyse\n    5: Analyze\n  z:\n    5: analyse\n',
      'x.yaml',
    )
    expect(problems).toEqual([
      {
        path: 'x.yaml: classes.y.5[0]',
        line: 5,
        pattern: 'Analyze',
        reason: 'stands in this class already, in line 4',
      },
    ])
  })

  it.each(['0', '-1', '101', '.nan', 'heavy', '1e9'])('refuses the weight %s', (weight) => {
    const { pack, problems } = readPack(
      `name: x\nclasses:\n  y:\n    ${weight}: plan\n    5: fix\n`,
      'x.yaml',
    )
    expect(problems).toMatchObject([{ line: 4, reason: expect.stringContaining('is no weight') }])
    expect(pack?.patterns).toHaveLength(1)
  })

  it.each([
    ['', 'must hold name, description and classes'],
    ['[]', 'must hold name, description and classes'],
    ['just text', 'must hold name, description and classes'],
    ['name: x', 'is missing; give the classes'],
    ['name: x\nclasses: plan', 'must map each class'],
    ['name: x\nclasses: {}', 'hold no pattern'],
    ['name: x\nclasses:\n  y: plan', 'must map each weight'],
    ['name: x\nclasses:\n  y:\n    5: {plan: 1}', 'must be text'],
    ['name: x\nclasses:\n  y:\n    5: [[plan]]', 'must be text'],
    ['name: x\nclasses:\n  y:\n    5:', 'must be text'],
    ['name: x\nclasses:\n  "a b":\n    5: plan', 'is no class name'],
    ['name: x\nclasses:\n  __proto__:\n    5: plan', 'is no class name'],
    ['name: x\nclasses:\n  ? [a]\n  : {5: plan}', 'neither text nor number'],
    ['name: [x', 'is no valid YAML'],
    ['a: &a [plan]\nname: x\nclasses:\n  y:\n    5: *a', 'must be text'],
  ])('says what is wrong with %j', (text, reason) => {
    const { problems } = readPack(text, 'x.yaml')
    expect(problems.map((problem) => problem.reason).join('\n')).toContain(reason)
    for (const problem of problems) expect(problem.path).toMatch(/^x\.yaml/)
  })

  it('names the nearest key for one that does not exist', () => {
    const { pack, problems } = readPack('name: x\nclases: {}\nclasses:\n  y:\n    5: plan\n', 'x.yaml')
    expect(problems).toEqual([
      { path: 'x.yaml: clases', line: 2, reason: 'is no key of a pack; did you mean "classes"?' },
    ])
    expect(pack?.patterns).toHaveLength(1)
  })

  it('takes its name from the file where it gives none', () => {
    const { pack, problems } = readPack('classes:\n  y:\n    5: plan\n', 'packs/mine.yml')
    expect(pack?.name).toBe('mine')
    expect(problems).toMatchObject([{ reason: 'is missing; give the pack a name' }])
  })

  it('is bounded in classes, patterns and characters', () => {
    const words = Array.from({ length: 5_001 }, (_, index) => `w${index}`).join(', ')
    const many = readPack(`name: x\nclasses:\n  y:\n    5: ${words}\n`, 'x.yaml')
    expect(many.pack?.patterns).toHaveLength(5_000)
    expect(many.problems).toMatchObject([{ reason: expect.stringContaining('one pattern too many') }])

    const classes = Array.from({ length: 65 }, (_, index) => `  c${index}:\n    5: plan\n`).join('')
    const wide = readPack(`name: x\nclasses:\n${classes}`, 'x.yaml')
    expect(wide.pack?.classes).toHaveLength(64)
    expect(wide.problems).toMatchObject([{ reason: expect.stringContaining('one class too many') }])

    expect(readPack('#'.repeat(2_000_001), 'x.yaml').problems).toMatchObject([
      { reason: 'is longer than 2000000 characters' },
    ])
  })

  it('survives YAML made to break its reader', () => {
    for (const text of [
      '['.repeat(10_000),
      '{a: '.repeat(10_000),
      '- '.repeat(10_000),
      '\0',
      '!!js/function x',
    ]) {
      const { pack, problems } = readPack(text, 'x.yaml')
      expect(pack).toBeUndefined()
      expect(problems.length).toBeGreaterThan(0)
      expect(problems.length).toBeLessThanOrEqual(100)
    }
  })

  it('names at most a hundred problems', () => {
    const { problems } = readPack(`name: x\nclasses:\n  y:\n    5: plan, ${'(a), '.repeat(500)}\n`, 'x.yaml')
    expect(problems).toHaveLength(100)
  })

  it('is frozen', () => {
    const { pack } = readPack(good, 'support.yaml')
    expect(Object.isFrozen(pack)).toBe(true)
    expect(Object.isFrozen(pack?.patterns)).toBe(true)
  })
})
