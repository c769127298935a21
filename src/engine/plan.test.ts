import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workerId } from '../core/worker.ts'
import { fakeMember } from './member-harness.ts'
import { Fleet } from '../workers/fleet.ts'
import { createPlans, globMatcher, type Keeping, type Plan } from './plan.ts'

function plans(options: { readonly simulated?: boolean; readonly intercept?: readonly string[] } = {}) {
  const vendor = options.simulated ? 'simulated' : 'anthropic'
  const fleet = new Fleet([
    fakeMember({ id: workerId('opus', 1), pool: 'opus', model: 'claude-opus-5-5', vendor }),
    fakeMember({ id: workerId('haiku', 1), pool: 'haiku', model: 'claude-haiku-5-5', vendor }),
    fakeMember({
      id: workerId('luna', 1),
      pool: 'luna',
      model: 'gpt-6-luna',
      vendor: options.simulated ? vendor : 'openai',
    }),
  ])
  return createPlans({
    fleet,
    routes: { strategic: ['opus', 'luna'], simple: ['haiku', 'opus'] },
    pools: ['opus', 'haiku', 'luna'],
    fallbackClass: 'strategic',
    intercept: options.intercept ?? [],
  })
}

describe('plans', () => {
  it('resolves auto and intercepted names to classification', () => {
    expect(plans().resolve('auto', 'anthropic')).toEqual({ kind: 'classified' })
    expect(plans({ intercept: ['claude-*'] }).resolve('claude-opus-5-5', 'anthropic')).toEqual({
      kind: 'classified',
    })
  })

  it.each([
    ['strategic', 'route:strategic'],
    ['haiku', 'pool:haiku'],
    ['claude-opus-5-5', 'model:claude-opus-5-5'],
    ['claude-fable-5-2', 'vendor:anthropic'],
    ['gpt-6.2-sol', 'vendor:openai'],
  ])('resolves %s to %s', (asked, key) => {
    const resolution = plans().resolve(asked, 'anthropic')
    expect(resolution.kind === 'direct' && resolution.plan.key).toBe(key)
  })

  it('treats any name like auto where all workers are simulated', () => {
    expect(plans({ simulated: true }).resolve('some-model', 'anthropic')).toEqual({ kind: 'classified' })
  })

  it('sends a class without a route to the fallback’s', () => {
    expect(plans().forClass('unheard-of').key).toBe('route:strategic')
  })

  const groupsOf = (plan: Plan): readonly string[] =>
    plan.groups.map((group) => `${group.kind}:${group.name}`)

  it('keeps a conversation at home first, and lets it go only where each worker may answer', () => {
    const all = plans()
    const notLuna = keeping({ admits: ({ model }) => model !== 'gpt-6-luna' })
    expect(groupsOf(all.atHome('claude-haiku-5-5', all.forClass('simple'), notLuna))).toEqual([
      'model:claude-haiku-5-5',
      'pool:haiku',
      'pool:opus',
    ])
    expect(groupsOf(all.atHome('claude-haiku-5-5', all.forClass('strategic'), notLuna))).toEqual([
      'model:claude-haiku-5-5',
      'pool:opus',
    ])
  })

  it('knows no home of a model that is gone', () => {
    const all = plans()
    const route = all.forClass('simple')
    expect(all.atHome('gone-model', route, keeping())).toBe(route)
    expect(all.atHome('claude-opus-5-5', route, keeping({ isHome: () => false }))).toBe(route)
  })

  it('puts the home’s own account first, then others of its model', () => {
    const fleet = new Fleet(
      ['one', 'two', 'two'].map((account, index) =>
        fakeMember({ id: workerId('opus', index + 1), pool: 'opus', model: 'claude-opus-5-5', account }),
      ),
    )
    const all = createPlans({
      fleet,
      routes: { strategic: ['opus'] },
      pools: ['opus'],
      fallbackClass: 'strategic',
      intercept: [],
    })
    const route = all.forClass('strategic')
    const two = keeping({ isHome: ({ account }) => account === 'two', waits: false })
    const { groups } = all.atHome('claude-opus-5-5', route, two)
    expect(groups.map((group) => group.members.map(({ id }) => id))).toEqual([
      ['opus-2', 'opus-3'],
      ['opus-1', 'opus-2', 'opus-3'],
      ['opus-1', 'opus-2', 'opus-3'],
    ])
    expect(all.atHome('claude-opus-5-5', route, two)).toBe(all.atHome('claude-opus-5-5', route, two))
  })
})

function keeping(changes: Partial<Keeping> = {}): Keeping {
  return { key: 'k', isHome: () => true, admits: () => true, waits: true, ...changes }
}

describe('globMatcher', () => {
  it.each([
    ['claude-*', 'claude-opus-5-5', true],
    ['claude-*', 'claud', false],
    ['*-latest', 'gpt-latest', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c', false],
    ['ab*ba', 'aba', false],
    ['exact', 'exact', true],
    ['*', '', true],
  ])('%s on %s is %s', (glob, text, expected) => {
    expect(globMatcher(glob)(text)).toBe(expected)
  })

  it('agrees with the regular expression of the same meaning', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    fc.assert(
      fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (glob, text) => {
        expect(globMatcher(glob)(text)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(text))
      }),
    )
  })
})
