import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, newFolder } from './command-line-harness.ts'

let folder: Folder
beforeAll(() => {
  folder = newFolder()
})
afterAll(() => folder.remove())

describe('the command line', () => {
  it('lists its commands, and none that is not built', async () => {
    const { code, stdout } = await folder.run(['--help'])
    expect(code).toBe(0)
    for (const name of ['serve', 'demo', 'classify', 'route', 'train', 'evaluate', 'doctor', 'config'])
      expect(stdout).toContain(`  ${name} `)
    expect(stdout).not.toMatch(/\b(?:simulate|decisions|replay|rollout|jobs|bench|deploy)\b/)
  })

  it('tells its version', async () => {
    const { code, stdout } = await folder.run(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.concurrent.each([
    [[], 'Usage: signalbox'],
    [['clasify', 'x'], "unknown command 'clasify'; did you mean 'classify'?"],
    [['something\u001b[31m'], 'see signalbox --help'],
    [['simulate'], "'simulate' is not in this version"],
    [['--nope'], "unknown option '--nope'"],
    [['classify'], 'classify needs a text'],
    [['classify', 'x', '--context', '{'], '--context is not valid JSON'],
    [['classify', 'x', '--context', '[1]'], '--context must be a JSON object'],
    [['classify', 'x', '--batch', 'f'], 'not both'],
    [['route'], 'route needs a text'],
    [['demo', '--messages', '0'], '--messages must be a whole number from 1 to 10000'],
    [['serve', '--port', '65536'], '--port must be a whole number from 0 to 65535'],
    [['config', 'schem'], "unknown command 'schem'"],
    [['config', 'foo'], 'there is: signalbox config schema'],
    [['classify', '-x'], 'stands after --: signalbox classify -- "-x"'],
    [['route', '-x'], 'signalbox route -- "-x"'],
  ])('answers wrong usage with a sentence and exit code 2 (%#)', async (args, sentence) => {
    const { code, stdout, stderr } = await folder.run(args)
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('\u001b')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it.concurrent.each(['serve', 'demo', 'classify', 'route', 'doctor', 'config'])(
    'explains %s',
    async (command) => {
      const { code, stdout } = await folder.run([command, '--help'])
      expect(code).toBe(0)
      expect(stdout).toContain(`Usage: signalbox ${command}`)
    },
  )

  it('says in a sentence that what it prints cannot be written', async () => {
    const full = openSync('/dev/full', 'w')
    try {
      const child = folder.start(['classify', 'hi'], { stdout: full })
      let stderr = ''
      child.stderr?.on('data', (chunk: Buffer) => {
        stderr += chunk.toString()
      })
      const [code] = await once(child, 'close')
      expect(stderr).toBe('signalbox: standard output cannot be written (ENOSPC)\n')
      expect(code).toBe(1)
    } finally {
      closeSync(full)
    }
  })

  it('prints the JSON Schema of signalbox.yaml', async () => {
    const { code, stdout } = await folder.run(['config', 'schema'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ title: 'signalbox.yaml', type: 'object' })
  })
})
