import { describe, expect, it } from 'vitest'
import { loadConfig, type ReadFile } from './load.ts'
import { describeProblems } from './problems.ts'

function reading(files: Readonly<Record<string, string>>): ReadFile {
  return (path, bytesMax) => {
    const text = files[path]
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    const bytes = Buffer.from(text)
    return bytes.length > bytesMax ? 'too-large' : bytes
  }
}

function problemsOf(text: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const loaded = loadConfig('signalbox.yaml', env, reading({ 'signalbox.yaml': text }))
  return loaded.kind === 'invalid' ? describeProblems(loaded.problems) : []
}

describe('signalbox.yaml', () => {
  it('is read with its secrets filled in', () => {
    const text = `
server: { port: 0 }
pools:
  a: { workers: [{ kind: anthropic, model: claude-opus-5-5, apiKey: "\${KEY}" }] }
auth: { keys: [{ name: ci, key: "\${file:keys/ci}" }] }
`
    const files = { 'etc/signalbox.yaml': text, 'etc/keys/ci': 'from-file\n' }
    const loaded = loadConfig('etc/signalbox.yaml', { KEY: 'from-env' }, reading(files))
    if (loaded.kind !== 'loaded') throw new Error('invalid')
    expect(loaded.config.pools['a']?.workers[0]).toMatchObject({ apiKey: 'from-env', capacity: 8, weight: 1 })
    expect(loaded.config.auth.keys[0]?.key).toBe('from-file')
  })

  it('names the file, line and column of each problem, in their order', () => {
    const text = [
      'queue: { capacity: 0 }',
      'pools:',
      '  opus:',
      '    workers:',
      '      - kind: anthropic',
      '        capcity: 3',
      'routes: { tactical: [opsu] }',
      '',
    ].join('\n')
    expect(problemsOf(text)).toEqual([
      'signalbox.yaml:1:20 queue.capacity: must be at least 1',
      'signalbox.yaml:5:9 pools.opus.workers.0.model: is missing; expected text',
      'signalbox.yaml:6:9 pools.opus.workers.0.capcity: unknown key; did you mean "capacity"?',
      'signalbox.yaml:7:22 routes.tactical.0: there is no such pool; did you mean "opus"?',
    ])
  })

  it('names variables and files that are not there, and never shows one that is', () => {
    const text =
      'auth: { adminToken: "${A}", keys: [{ name: "${B}", key: "${file:/none}", scopes: ["${B}"] }] }'
    const problems = problemsOf(text, { B: 'sk secret' })
    expect(problems[0]).toBe(
      'signalbox.yaml:1:21 auth.adminToken: needs the environment variable A, which is not set',
    )
    expect(problems.join()).toContain('auth.keys.0.key: needs the file /none, which does not exist')
    expect(problems.join()).not.toContain('secret')
    expect(problems).toHaveLength(4)
  })

  it('may be empty or JSON', () => {
    expect(problemsOf('')).toEqual([])
    expect(problemsOf('# nothing yet\n')).toEqual([])
    expect(problemsOf('{"server": {"port": 1}}')).toEqual([])
  })

  it('names pack files from its own folder, and leaves names alone', () => {
    const text = 'classify: { packs: [coding, mine.yaml, /abs/other.yml] }'
    const loaded = loadConfig('etc/signalbox.yaml', {}, reading({ 'etc/signalbox.yaml': text }))
    expect(loaded.kind === 'loaded' && loaded.config.classify.packs).toEqual([
      'coding',
      'etc/mine.yaml',
      '/abs/other.yml',
    ])
  })

  it('is refused when it is missing, too long or not UTF-8', () => {
    const refusal = (readFile: ReadFile): readonly string[] => {
      const loaded = loadConfig('x.yaml', {}, readFile)
      return loaded.kind === 'invalid' ? describeProblems(loaded.problems) : []
    }
    expect(refusal(reading({}))).toEqual(['x.yaml: does not exist'])
    expect(refusal(reading({ 'x.yaml': '#'.repeat(1024 * 1024 + 1) }))).toEqual([
      'x.yaml: is longer than 1024 KiB',
    ])
    expect(refusal(() => Buffer.from([0x61, 0xff]))).toEqual(['x.yaml: is not UTF-8'])
  })

  it('shows at most a hundred problems', () => {
    const text = Array.from({ length: 500 }, (_, index) => `name${index}: 1`).join('\n')
    const problems = problemsOf(text)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe('… and 400 more')
  })

  it('keeps its problems on one line each, whatever the names hold', () => {
    const [problem] = problemsOf('"a\\nb\\e[31m": 1')
    expect(problem).toBe('signalbox.yaml:1:1 a?b?[31m: unknown key')
  })
})

describe('without a file', () => {
  const fleet = (env: Readonly<Record<string, string>>) => {
    const loaded = loadConfig(undefined, env, reading({}))
    if (loaded.kind !== 'loaded') throw new Error('the preset is invalid')
    return loaded.config
  }

  it('the fleet is simulated: opus ×1, sonnet ×4, haiku ×2', () => {
    const { pools, routes, store } = fleet({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:8787',
      OPENAI_API_KEY: ' ',
    })
    expect(pools['opus']?.workers).toEqual([
      {
        kind: 'simulated',
        model: 'claude-opus-5-5',
        count: 1,
        capacity: 4,
        latencyMs: { median: 400, sigma: 0.5 },
        failureRate: 0,
        weight: 1,
      },
    ])
    expect(pools['sonnet']?.workers).toMatchObject([{ model: 'claude-sonnet-5-5', count: 4 }])
    expect(pools['haiku']?.workers).toMatchObject([{ model: 'claude-haiku-5-5', count: 2 }])
    expect(routes).toEqual({
      strategic: ['opus', 'sonnet'],
      tactical: ['sonnet', 'opus'],
      simple: ['haiku', 'sonnet'],
    })
    expect(store).toEqual({ path: './.signalbox/state.db' })
  })

  it('a key of Anthropic makes three pools of theirs, at their own address', () => {
    const { pools } = fleet({ ANTHROPIC_API_KEY: 'k1', ANTHROPIC_BASE_URL: 'http://127.0.0.1:8787' })
    expect(Object.keys(pools)).toEqual(['opus', 'sonnet', 'haiku'])
    expect(pools['opus']?.workers).toMatchObject([
      {
        kind: 'anthropic',
        baseUrl: 'https://api.anthropic.com',
        model: 'claude-opus-5-5',
        apiKey: 'k1',
        count: 1,
        capacity: 8,
      },
    ])
  })

  it('a key of OpenAI alone makes three pools of theirs', () => {
    const { pools, routes } = fleet({ OPENAI_API_KEY: 'k2' })
    expect(Object.values(pools).map((pool) => pool.workers[0]?.model)).toEqual([
      'gpt-6.2-sol',
      'gpt-6.1-terra',
      'gpt-6-luna',
    ])
    expect(routes['strategic']).toEqual(['sol', 'terra'])
  })

  it('with both keys OpenAI’s pools stand second', () => {
    const { pools, routes } = fleet({ ANTHROPIC_API_KEY: 'k1', OPENAI_API_KEY: 'k2' })
    expect(Object.keys(pools)).toHaveLength(6)
    expect(routes).toEqual({
      strategic: ['opus', 'sol', 'sonnet', 'terra'],
      tactical: ['sonnet', 'terra', 'opus', 'sol'],
      simple: ['haiku', 'luna', 'sonnet', 'terra'],
    })
  })

  it('a key that cannot be one is a problem, not shown', () => {
    const loaded = loadConfig(undefined, { ANTHROPIC_API_KEY: 'two words' }, reading({}))
    expect(loaded.kind).toBe('invalid')
    expect(JSON.stringify(loaded)).not.toContain('two words')
  })
})
