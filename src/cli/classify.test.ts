import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, newFolder } from './command-line-harness.ts'

let folder: Folder
beforeAll(() => {
  folder = newFolder()
  folder.write('support.yaml', 'name: support\ndescription: x\nclasses:\n  billing:\n    12: [refund]\n')
})
afterAll(() => folder.remove())

describe('signalbox classify', () => {
  it('prints one JSON document with class, source and reasons', async () => {
    const { code, stdout, stderr } = await folder.run(['classify', 'Compare the approaches', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toHaveLength(1)
    const answer = JSON.parse(stdout)
    expect(answer).toMatchObject({ class: 'strategic', source: 'pattern' })
    expect(answer.confidence).toBeGreaterThan(0.5)
    expect(Object.keys(answer).toSorted()).toEqual(['class', 'confidence', 'micros', 'reasons', 'source'])
    expect(Object.keys(answer.reasons[0]).toSorted()).toEqual(['detail', 'signal', 'weight'])
  })

  it('prints facts and a table for a person, without colour in a pipe', async () => {
    const { stdout } = await folder.run(['classify', 'Compare the approaches'])
    expect(stdout).toMatch(/^class {2,}strategic\n/)
    expect(stdout).toMatch(/\nsignal +detail +weight\n/)
    expect(stdout).not.toContain('\u001b')
  })

  it('reads what is piped in', async () => {
    const { stdout } = await folder.run(['classify', '--json'], { input: 'fix the bug\n' })
    expect(JSON.parse(stdout)).toMatchObject({ class: 'tactical' })
  })

  it('takes packs by name and by file, and takes those of ./signalbox.yaml where there are none', async () => {
    const packs = ['--pack', 'general', '--pack', 'support.yaml']
    const { stdout } = await folder.run(['classify', 'a refund please', ...packs, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ class: 'billing' })
    const configured = newFolder()
    configured.write('signalbox.yaml', 'classify: { packs: [mine.yml], fallback: simple }\n')
    configured.write('mine.yml', 'name: mine\nclasses:\n  mine:\n    9: [zebra]\n')
    const zebra = await configured.run(['classify', 'zebra', '--json'])
    const other = await configured.run(['classify', 'the bug', '--json'])
    configured.remove()
    expect(JSON.parse(zebra.stdout)).toMatchObject({ class: 'mine' })
    expect(JSON.parse(other.stdout)).toMatchObject({ class: 'simple', source: 'fallback' })
  })

  it('names a pack that does not exist, also in JSON', async () => {
    const { code, stdout, stderr } = await folder.run(['classify', 'x', '--pack', 'genral', '--json'])
    expect(code).toBe(1)
    expect(stderr).toContain('genral')
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid-config' } })
  })

  it('classifies a file line by line, says which lines are bad, and goes on', async () => {
    const lines = [
      '{"text":"fix the bug"}',
      'not json',
      '',
      '{"text":5}',
      '{"context":{}}',
      '[1]',
      '{"text":"hello","context":7}',
      '{"text":"hello","context":{"a":1}}',
    ]
    folder.write('batch.jsonl', lines.join('\r\n'))
    const { code, stdout } = await folder.run(['classify', '--batch', 'batch.jsonl'])
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(1)
    expect(answers.map((answer) => answer.line ?? answer.class)).toEqual([
      'tactical',
      2,
      4,
      5,
      6,
      7,
      'simple',
    ])
    expect(answers[1]).toEqual({ line: 2, error: 'not valid JSON' })
  })

  it('takes lines from a pipe, and is done when all are good', async () => {
    const { code, stdout } = await folder.run(['classify', '--batch', '-'], { input: '{"text":"hello"}\n' })
    expect(code).toBe(0)
    expect(stdout.split('\n')).toHaveLength(2)
  })

  it('names a file that cannot be read', async () => {
    const { code, stderr } = await folder.run(['classify', '--batch', 'none.jsonl'])
    expect(code).toBe(1)
    expect(stderr).toContain('none.jsonl cannot be read (ENOENT)')
  })
})

describe('signalbox classify with models', () => {
  const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n')
  const colours = ['red', 'blue', 'green', 'amber', 'violet', 'white']

  beforeAll(async () => {
    const texts = colours.flatMap((colour) => [
      { text: `boil the ${colour} soup slowly`, label: 'simple' },
      { text: `measure the ${colour} bridge for its load`, label: 'strategic' },
    ])
    const prompts = colours.flatMap((colour) => [
      { prompt: `name the ${colour} flower`, outcomes: { cheap: 1, dear: 1 } },
      { prompt: `prove the ${colour} theorem`, outcomes: { cheap: 0, dear: 1 } },
    ])
    folder.write(
      'texts.jsonl',
      lines([...texts, ...texts.map((row) => ({ ...row, text: `please ${row.text}` }))]),
    )
    folder.write(
      'prompts.jsonl',
      lines([...prompts, ...prompts.map((row) => ({ ...row, prompt: `now ${row.prompt}` }))]),
    )
    await folder.run(['train', 'classes', 'texts.jsonl', '--out', 'classes.model'])
    await folder.run([
      'train',
      'routing',
      'prompts.jsonl',
      '--weak',
      'cheap',
      '--strong',
      'dear',
      '--out',
      'tiers.model',
    ])
  })

  it('asks a model of classes, and names its words', async () => {
    const { code, stdout } = await folder.run([
      'classify',
      'measure the old bridge for its load',
      '--model',
      'classes.model',
      '--json',
    ])
    expect(code).toBe(0)
    const { class: name, source, reasons } = JSON.parse(stdout)
    expect([name, source]).toEqual(['strategic', 'learned'])
    expect(reasons.map(({ detail }: { detail: string }) => detail)).toContain('bridge')
  })

  it('adds what a model for routing says, and keeps the class', async () => {
    const { stdout } = await folder.run([
      'classify',
      'prove the last theorem',
      '--model',
      'tiers.model',
      '--json',
    ])
    const { score, outcomes, source } = JSON.parse(stdout)
    expect(source).not.toBe('learned')
    expect(score).toBeGreaterThan(0.5)
    expect(outcomes.dear).toBeGreaterThan(outcomes.cheap)
    const { stdout: shown } = await folder.run([
      'classify',
      'prove the last theorem',
      '--model',
      'tiers.model',
    ])
    expect(shown).toMatch(/score +0\.\d{3}\n/)
  })

  it('takes one of each kind, and refuses what is none', async () => {
    const twice = await folder.run(['classify', 'x', '--model', 'classes.model', '--model', 'classes.model'])
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('is a second model of classes')])
    folder.write('no.model', 'nothing')
    expect((await folder.run(['classify', 'x', '--model', 'no.model'])).code).toBe(1)
    expect((await folder.run(['classify', 'x', '--model', 'gone.model'])).code).toBe(1)
  })
})
