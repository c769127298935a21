import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workerId } from '../core/worker.ts'
import { fakeMember } from './member-harness.ts'
import { Fleet } from '../workers/fleet.ts'
import { createPlans, globMatcher, type Keeping, type Plan, type PlanOptions } from './plan.ts'

function plans(options: Partial<PlanOptions> & { readonly simulated?: boolean } = {}) {
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
    routes: options.routes ?? { strategic: ['opus', 'luna'], simple: ['haiku', 'opus'] },
    pools: options.pools ?? ['opus', 'haiku', 'luna'],
    fallbackClass: options.fallbackClass ?? 'strategic',
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

  it('sends it to the first route where the fallback has none, and anywhere where there are no routes', () => {
    expect(plans({ fallbackClass: 'tactical' }).forClass('unheard-of').key).toBe('route:strategic')
    const { groups } = plans({ fallbackClass: 'tactical', routes: {} }).forClass('unheard-of')
    expect(groups.map(({ name }) => name)).toEqual(['everyone'])
  })

  it('takes a name for a route, then for a pool, then for a model', () => {
    const keyOf = (asked: string, options: Partial<PlanOptions>): string | undefined => {
      const resolution = plans(options).resolve(asked, 'anthropic')
      return resolution.kind === 'direct' ? resolution.plan.key : undefined
    }
    const routes = { haiku: ['opus'] }
    expect(keyOf('haiku', { routes })).toBe('route:haiku')
    expect(keyOf('haiku', {})).toBe('pool:haiku')
    expect(keyOf('gpt-6-luna', { pools: ['gpt-6-luna'] })).toBe('pool:gpt-6-luna')
    expect(keyOf('gpt-6-luna', {})).toBe('model:gpt-6-luna')
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

describe('a plan at one account', () => {
  const account = { opus: 'one', sonnet: 'two', haiku: 'one' } as const
  const fleet = new Fleet(
    (['opus', 'sonnet', 'haiku'] as const).flatMap((pool) =>
      [account[pool], 'three'].map((name, index) =>
        fakeMember({ id: workerId(pool, index + 1), pool, model: pool, account: name }),
      ),
    ),
  )
  const { forClass, atAccount } = createPlans({
    fleet,
    routes: { strategic: ['opus', 'sonnet', 'haiku'] },
    pools: ['opus', 'sonnet', 'haiku'],
    fallbackClass: 'strategic',
    intercept: [],
  })
  const route = forClass('strategic')
  const workersAt = (name: string) =>
    atAccount(name, route).groups.map(({ members }) => members.map(({ id }) => id))

  it('holds no worker of another, keeps the order of the pools, and waits', () => {
    expect(workersAt('one')).toEqual([['opus-1'], ['haiku-1']])
    expect(workersAt('three')).toEqual([['opus-2'], ['sonnet-2'], ['haiku-2']])
    expect(atAccount('one', route)).toMatchObject({ kind: 'route', route: 'strategic', waits: true })
    expect(atAccount('one', route).key).not.toBe(atAccount('two', route).key)
  })

  it('is made once', () => {
    expect(atAccount('one', route)).toBe(atAccount('one', route))
  })

  it('is the plan as it is where none of its workers is of that account', () => {
    expect(atAccount('four', route)).toBe(route)
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
