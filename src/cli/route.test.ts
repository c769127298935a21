import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, newFolder } from './command-line-harness.ts'

let folder: Folder
beforeAll(() => {
  folder = newFolder()
})
afterAll(() => folder.remove())

describe('signalbox route', () => {
  it('tells where a text would go, and leaves nothing behind', async () => {
    const { code, stdout } = await folder.run(['route', 'Compare the approaches', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      decision: {
        class: 'strategic',
        route: 'strategic',
        pool: 'opus',
        worker: 'opus-1',
        model: 'claude-opus-5-5',
      },
      alternatives: expect.any(Array),
    })
    const { stdout: shown } = await folder.run(['route', 'Compare the approaches'])
    expect(shown).toMatch(/worker +opus-1/)
  })

  it('exits 2 for what is not in this version, 1 for what is wrong', async () => {
    folder.write('later.yaml', 'rollout: { target: opus }\n')
    folder.write('wrong.yaml', 'server: { port: x }\n')
    const later = await folder.run(['route', 'x', '--config', 'later.yaml', '--json'])
    expect(later.code).toBe(2)
    expect(JSON.parse(later.stdout).error.problems).toMatchObject([
      { path: 'rollout', message: 'is not in this version' },
    ])
    const wrong = await folder.run(['route', 'x', '--config', 'wrong.yaml'])
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('wrong.yaml:1:17 server.port: expected a number, got text')
  })
})
