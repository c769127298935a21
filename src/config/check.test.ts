import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { checkConfig } from './check.ts'
import { parseConfig } from './load.ts'
import { describeProblem, type Problem } from './problems.ts'

const simulated = { kind: 'simulated' }

function problemsOf(value: unknown): readonly Problem[] {
  const checked = checkConfig(value, { env: {} })
  return checked.kind === 'invalid' ? checked.problems : []
}

function sentencesOf(value: unknown): readonly string[] {
  return problemsOf(value).map(describeProblem)
}

describe('a configuration', () => {
  it('may be empty: then it is the preset', () => {
    const config = parseConfig({})
    expect(Object.keys(config.pools)).toEqual(['opus', 'sonnet', 'haiku'])
    expect(config.server.port).toBe(8787)
    expect(parseConfig(undefined)).toEqual(config)
  })

  it('is frozen all the way down', () => {
    const config = parseConfig({ pools: { a: { workers: [simulated] } }, intercept: ['x'] })
    expect(Object.isFrozen(config.pools['a']?.workers[0])).toBe(true)
    expect(Object.isFrozen(config.queue.ttlMs)).toBe(true)
    expect(Object.isFrozen(config.intercept)).toBe(true)
  })

  it('does not change the value that it was made of', () => {
    const value = { pools: { a: { workers: [{ kind: 'simulated' }] } } }
    parseConfig(value)
    expect(value).toEqual({ pools: { a: { workers: [{ kind: 'simulated' }] } } })
    expect(Object.isFrozen(value.pools.a)).toBe(false)
  })

  it('routes every class through all pools in their order when it has no routes', () => {
    const config = parseConfig({
      pools: { big: { workers: [simulated] }, small: { workers: [simulated] } },
      classify: { fallback: 'other' },
    })
    expect(config.routes).toEqual({
      strategic: ['big', 'small'],
      tactical: ['big', 'small'],
      simple: ['big', 'small'],
      other: ['big', 'small'],
    })
  })
})

describe('problems', () => {
  it('are reported all at once', () => {
    expect(
      sentencesOf({
        server: { port: 70_000, prot: 1 },
        pools: { a: { strategy: 'least-loadd', workers: [{ ...simulated, capacity: 0, capcity: 1 }] } },
        routes: { tactical: ['b'] },
      }).toSorted(),
    ).toEqual([
      'pools.a.strategy: expected one of round-robin, weighted, least-loaded; did you mean "least-loaded"?',
      'pools.a.workers.0.capacity: must be at least 1',
      'pools.a.workers.0.capcity: unknown key; did you mean "capacity"?',
      'routes.tactical.0: there is no such pool; there are: a',
      'server.port: must be at most 65535',
      'server.prot: unknown key; did you mean "port"?',
    ])
  })

  it.each([
    [{ pools: {} }, 'pools: must have at least one pool'],
    [{ pools: { a: { workers: [] } } }, 'pools.a.workers: must have at least 1 entry'],
    [{ pools: { a: {} } }, 'pools.a.workers: is missing; expected a list'],
    [{ pools: null }, 'pools: is empty; give it a value or leave it out (expected a group of names)'],
    [{ pools: { auto: { workers: [simulated] } } }, 'pools.auto: as a name: "auto" is reserved'],
    [{ pools: { 'a b': { workers: [simulated] } } }, 'pools.a b: as a name: must be 1 to 64 letters'],
    [{ pools: { a: { workers: ['simulated'] } } }, 'pools.a.workers.0: expected a group of keys, got text'],
    [{ pools: { a: { workers: [{ model: 'x' }] } } }, 'pools.a.workers.0.kind: is missing; expected one of'],
    [
      { pools: { a: { workers: [{ kind: 'simulatd' }] } } },
      'pools.a.workers.0.kind: expected one of simulated, anthropic, openai; did you mean "simulated"?',
    ],
    [{ routes: { tactical: ['sonet'] } }, 'routes.tactical.0: there is no such pool; did you mean "sonnet"?'],
    [{ routes: { tactical: [] } }, 'routes.tactical: must have at least 1 entry'],
    [
      { routes: { tactical: ['opus', 'opus'] } },
      'routes.tactical.1: the same pool stands in this route twice',
    ],
    [{ routes: {} }, 'routes: must have at least one route, or be left out'],
    [
      { classify: { fallback: 'nope' } },
      'classify.fallback: there is no route of this name; there are: strategic, tactical, simple',
    ],
    [
      { classify: { packs: ['nope'] } },
      'classify.packs.0: there is no such pack; there are: general, coding, speedrun',
    ],
    [
      { classify: { fallback: 'tacticl' } },
      'classify.fallback: there is no route of this name; did you mean "tactical"?',
    ],
    [{ classify: { packs: ['codin'] } }, 'classify.packs.0: there is no such pack; did you mean "coding"?'],
    [
      { server: { host: '0.0.0.0' } },
      'server.host: can be reached from other machines, which needs auth.keys and',
    ],
    [{ server: { host: '::', port: 1 } }, 'server.host: can be reached from other machines'],
    [
      { server: { host: '10.0.0.1' }, auth: { adminToken: 'x' } },
      'server.host: can be reached from other machines, which needs auth.keys',
    ],
    [{ models: { mine: {} } }, 'models.mine: is a new model'],
    [
      { models: { mine: { like: 'claude-opus-5-6' } } },
      'models.mine.like: names "claude-opus-5-6", which no model card describes; did you mean "claude-opus-5-5"?',
    ],
    [{ store: 'memory' }, 'store: expected a group of keys, got text'],
    [[], 'expected a group of keys, got a list'],
    ['text', 'expected a group of keys, got text'],
  ])('name the place and the mend (%#)', (value, sentence) => {
    const sentences = sentencesOf(value)
    expect(
      sentences.some((each) => each.startsWith(sentence)),
      sentences.join('\n'),
    ).toBe(true)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 53, '8080', null, true])(
    'are what %s makes as a count',
    (count) => {
      const paths = problemsOf({ queue: { capacity: count }, server: { port: count } }).map(({ path }) =>
        path.join('.'),
      )
      expect(paths.toSorted()).toEqual(['queue.capacity', 'server.port'])
    },
  )

  it.each([
    'ftp://host',
    'https://user:password@host',
    'https://host/v1?key=1',
    'https://host/#',
    'host:80',
    '',
    'javascript:alert(1)',
  ])('are what %j makes as a base URL, without quoting it', (baseUrl) => {
    const sentences = sentencesOf({ pools: { a: { workers: [{ kind: 'anthropic', model: 'm', baseUrl }] } } })
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toContain('baseUrl: must be an http:// or https:// URL')
    if (baseUrl.length > 8) expect(sentences[0]).not.toContain(baseUrl)
  })

  it.each(['https://host/v1', 'https://host/v1/', 'https://host/proxy/v1', 'https://host/v1/messages'])(
    'are what %j makes as Anthropic’s base URL, and not as OpenAI’s',
    (baseUrl) => {
      const pool = (kind: string) => ({ pools: { a: { workers: [{ kind, model: 'm', baseUrl }] } } })
      expect(sentencesOf(pool('anthropic'))).toEqual([
        'pools.a.workers.0.baseUrl: must not end in /v1; leave out /v1: it is added to every request',
      ])
      expect(sentencesOf(pool('openai'))).toEqual([])
    },
  )

  it('are none where a class has no route: it takes the first one', () => {
    const pools = { a: { workers: [simulated] } }
    expect(sentencesOf({ pools, routes: { simple: ['a'] } })).toEqual([])
  })

  it.each([
    [{ pools: {} }, 'pools: must have at least one pool'],
    [{ pools: null }, 'pools: is empty'],
    [{ pools: { 'a b': { workers: [simulated] } } }, 'pools.a b: as a name: must be 1 to 64 letters'],
    [
      { pools: { 'a b': { workers: [simulated] } }, classify: { fallback: 'simple' } },
      'pools.a b: as a name: must be 1 to 64 letters',
    ],
  ])('tell only of what was written (%#)', (value, sentence) => {
    const sentences = sentencesOf(value)
    expect(sentences).toHaveLength(1)
    expect(sentences[0]).toContain(sentence)
  })

  it('are what short secrets make where other machines can reach the server', () => {
    const auth = { keys: [{ name: 'ci', key: 'k'.repeat(15) }], adminToken: 'x' }
    const sentences = sentencesOf({ auth, server: { host: '0.0.0.0' } }).toSorted()
    expect(sentences.map((each) => each.split(':')[0])).toEqual(['auth.adminToken', 'auth.keys.0.key'])
    for (const each of sentences) {
      expect(each).toContain('must have at least 16 characters')
      expect(each).toContain('openssl rand -hex 24')
    }
    expect(sentencesOf({ auth })).toEqual([])
    const long = { keys: [{ name: 'ci', key: 'k'.repeat(16) }], adminToken: 'x'.repeat(16) }
    expect(sentencesOf({ auth: long, server: { host: '0.0.0.0' } })).toEqual([])
  })

  it('tell workers of the same name apart, however the name comes about', () => {
    const twins = {
      a: { workers: [{ ...simulated, name: 'x' }] },
      b: { workers: [{ ...simulated, name: 'x' }] },
    }
    expect(sentencesOf({ pools: twins })).toEqual([
      'pools.b.workers.0.name: another worker, of pool a, has the same name',
    ])
    const chance = { a: { workers: [simulated] }, b: { workers: [{ ...simulated, name: 'a', count: 2 }] } }
    expect(sentencesOf({ pools: chance })).toEqual([
      'pools.b.workers.0.name: another worker, of pool a, has the same name',
    ])
  })

  it('are what doubled keys of clients make', () => {
    const key = { name: 'ci', key: 'k' }
    expect(sentencesOf({ auth: { keys: [key, key], adminToken: 'k' } }).toSorted()).toEqual([
      'auth.keys.0.key: the same key stands here twice',
      'auth.keys.1.key: the same key stands here twice',
      'auth.keys.1.name: another key has the same name',
    ])
  })

  it('never hold a secret', () => {
    const secret = 'sk-very secret'
    const value = {
      pools: { a: { workers: [{ kind: 'anthropic', model: secret, apiKey: secret, dialect: secret }] } },
      auth: { keys: [{ name: secret, key: secret, scopes: [secret] }], adminToken: secret },
      server: { host: secret },
    }
    const sentences = sentencesOf(value)
    expect(sentences.length).toBeGreaterThan(5)
    expect(sentences.join()).not.toContain('very')
  })

  it('become one error for the library, with every problem in it', () => {
    try {
      parseConfig({
        server: { port: -1, prot: 2 },
        pools: { a: { workers: [{ kind: 'anthropic', model: 'm', apiKey: '${KEY}' }] } },
      })
      expect.unreachable()
    } catch (error) {
      expect(SignalboxError.is(error) && error.code).toBe('invalid-config')
      const { message } = error as SignalboxError
      expect(message).toContain('the configuration has 3 problems:')
      expect(message).toContain('server.port: must be at least 0')
      expect(message).toContain('apiKey: has a ${…}, which is filled in only in signalbox.yaml')
    }
  })
})

describe('what is not in this version', () => {
  const worker = { kind: 'anthropic', model: 'm' }
  it.each([
    ['safeguards.model', { safeguards: { model: 'claude-haiku-5-5' } }],
    ['rollout', { rollout: {} }],
    ['pools.a.locality', { pools: { a: { locality: true, workers: [worker] } } }],
    ['pools.a.strategy', { pools: { a: { strategy: 'prequal', workers: [worker] } } }],
    ['pools.a.strategy', { pools: { a: { strategy: 'peak-ewma', workers: [worker] } } }],
    ['pools.a.strategy', { pools: { a: { strategy: 'predictive', workers: [worker] } } }],
    ['pools.a.workers.0.kind', { pools: { a: { workers: [{ kind: 'claude-code', model: 'm' }] } } }],
    ['pools.a.workers.0.kind', { pools: { a: { workers: [{ kind: 'process' }] } } }],
    ['pools.a.workers.0.region', { pools: { a: { workers: [{ ...worker, region: 'eu' }] } } }],
    ['pools.a.workers.0.maxTurns', { pools: { a: { workers: [{ ...worker, maxTurns: 2 }] } } }],
    ['classify.learn', { classify: { learn: false } }],
    ['classify.model', { classify: { model: 'bundled' } }],
    ['queue.order', { queue: { order: 'aging' } }],
    ['store.redis', { store: { redis: { url: 'redis://x' } } }],
    ['auth.keys.0.budgetUsd', { auth: { keys: [{ name: 'a', key: 'k', budgetUsd: 5 }] } }],
  ])('is refused by name: %s', (path, value) => {
    const problems = problemsOf(value)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.path.join('.')).toBe(path)
    expect(problems[0]?.notInThisVersion).toBe(true)
    expect(problems[0]?.message).toContain('is not in this version')
  })
})
