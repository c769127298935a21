import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { realSystem } from '../../core/system.ts'
import { claudeCodeChecks, helloCheck } from './claude-code.ts'

const anthropic = { kind: 'anthropic', model: 'claude-opus-5-5', apiKey: 'k' } as const
const simulated = { kind: 'simulated' } as const

describe('the doctor’s look at auto mode', () => {
  it.each<[string, ConfigInput['pools'], string]>([
    ['Anthropic’s alone', { a: { workers: [anthropic] } }, 'pass both ways'],
    ['of both kinds', { a: { workers: [anthropic, simulated] } }, 'no auto mode at a:'],
    [
      'one beside another',
      { a: { workers: [anthropic] }, b: { workers: [simulated, anthropic] }, c: { workers: [simulated] } },
      'no auto mode at b, c:',
    ],
  ])('warns of each pool where a worker is not Anthropic’s: %s', async (_, pools = {}, told) => {
    const config = parseConfig({
      classify: { packs: [] },
      pools,
      routes: { tactical: Object.keys(pools) },
    })
    const checks = await claudeCodeChecks(config, realSystem())
    const safeguards = checks.find(({ name }) => name === 'claude-code safeguards tactical')
    expect(safeguards?.detail).toContain(told)
  })
})

describe('the doctor’s look at the probe that Claude Code starts with', () => {
  it.each([
    [200, true],
    [401, false],
    [500, false],
  ])('is well where it answers %i: %s', async (status, ok) => {
    const server = createServer((_, res) => res.writeHead(status).end())
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const check = await helloCheck({ url })
    expect(check.ok).toBe(ok)
    if (!ok) expect(check.detail).toBe(`HEAD /api/hello answers ${status}`)
  })
})
