import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { classExamples, routingExamples } from '../classify/train/examples-harness.ts'
import { type Folder, newFolder } from './command-line-harness.ts'

let folder: Folder
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

beforeAll(() => {
  folder = newFolder()
  const classes = classExamples(150, 1).map((row, index) => ({ ...row, lang: index % 3 === 0 ? 'de' : 'en' }))
  folder.write('classes.jsonl', lines(classes))
  folder.write('reversed.jsonl', lines(classes.toReversed()))
  writeFileSync(join(folder.path, 'classes.jsonl.gz'), gzipSync(lines(classes)))
  const routing = routingExamples(200, 1)
  folder.write(
    'pairs.jsonl',
    lines(routing.map(({ prompt, outcomes: [weak, strong] }) => ({ prompt, weak, strong }))),
  )
  folder.write(
    'outcomes.jsonl',
    lines([
      ...routing.map(({ prompt, outcomes: [small, large] }) => ({
        prompt,
        task: 'made-up',
        outcomes: { small, mid: 0.5, large },
      })),
      { prompt: 'nobody was asked', outcomes: { small: 1 } },
    ]),
  )
})
afterAll(() => folder.remove())

describe('signalbox train classes and evaluate classes', () => {
  it('train a model and measure it', async () => {
    const trained = await folder.run(['train', 'classes', 'classes.jsonl', '--out', 'a.model', '--json'])
    expect(trained.stderr).toBe('')
    expect(JSON.parse(trained.stdout)).toMatchObject({
      rows: 150,
      trainAccuracy: expect.closeTo(1, 1),
      classes: 3,
    })
    const { code, stdout } = await folder.run([
      'evaluate',
      'classes',
      'classes.jsonl.gz',
      '--model',
      'a.model',
      '--group',
      'lang',
      '--json',
    ])
    expect(code).toBe(0)
    const report = JSON.parse(stdout)
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining([
        'rows',
        'inScopeRows',
        'accuracy',
        'accuracyAtThreshold',
        'outOfScopeRecall',
        'threshold',
        'macroF1',
        'byGroup',
        'microsPerMessage',
      ]),
    )
    expect(report).toMatchObject({
      rows: 150,
      inScopeRows: 150,
      byGroup: { de: { rows: 50 }, en: { rows: 100 } },
    })
  })

  it('write the same file whatever order the rows come in', async () => {
    await folder.run(['train', 'classes', 'classes.jsonl', '--out', 'b.model'])
    await folder.run(['train', 'classes', 'reversed.jsonl', '--out', 'c.model'])
    expect(
      readFileSync(join(folder.path, 'b.model')).equals(readFileSync(join(folder.path, 'c.model'))),
    ).toBe(true)
  })

  it.each([
    [['--folds', '3'], 150],
    [['--folds', 'all', '--group', 'lang'], 150],
    [['--draw', '60', '--draws', '2'], 180],
    [['--folds', '3', '--where', 'lang=en'], 100],
    [['--folds', '3', '--rows', '90', '--seed', '4'], 90],
  ])('train on parts of the rows and measure on the others (%j)', async (options, rows) => {
    const { stdout, stderr } = await folder.run([
      'evaluate',
      'classes',
      'classes.jsonl',
      ...options,
      '--json',
    ])
    expect(stderr).toBe('')
    const report = JSON.parse(stdout)
    expect(report.rows).toBe(rows)
    expect(report.accuracy).toBeGreaterThan(0.9)
  })

  it('draw calibration and confusion for a person', async () => {
    const { stdout } = await folder.run([
      'evaluate',
      'classes',
      'classes.jsonl',
      '--folds',
      'all',
      '--group',
      'lang',
    ])
    expect(stdout).toContain('accuracy')
    expect(stdout).toContain('right (█) beside confidence (│)')
    expect(stdout).toMatch(/^en +100 /m)
  })
})

describe('signalbox train routing and evaluate routing', () => {
  it('train a model and measure it', async () => {
    const trained = await folder.run(['train', 'routing', 'pairs.jsonl', '--out', 'r.model', '--json'])
    expect(JSON.parse(trained.stdout)).toMatchObject({ rows: 200, tiers: ['weak', 'strong'] })
    const { stdout } = await folder.run([
      'evaluate',
      'routing',
      'pairs.jsonl',
      '--model',
      'r.model',
      '--target-strong',
      '0.3',
      '--json',
    ])
    const report = JSON.parse(stdout)
    expect(report.apgr).toBeGreaterThan(0.7)
    expect(report.cpt50).toBeLessThan(40)
    expect(report.apgrInterval[0]).toBeLessThan(report.apgr)
    expect(report.target.strongShare).toBeCloseTo(0.3, 1)
    expect(report.thresholds).toHaveLength(10)
  })

  it('measure the baselines', async () => {
    const none = await folder.run(['evaluate', 'routing', 'pairs.jsonl', '--model', 'none', '--json'])
    expect(JSON.parse(none.stdout).apgrExact).toBeCloseTo(0.5, 9)
    const length = await folder.run(['evaluate', 'routing', 'pairs.jsonl', '--model', 'length', '--json'])
    expect(JSON.parse(length.stdout)).toMatchObject({ rows: 200, ece: null })
  })

  it('take the tiers by name, and say what they cost', async () => {
    const { stdout, code } = await folder.run([
      'evaluate',
      'routing',
      'outcomes.jsonl',
      '--folds',
      '3',
      '--tier',
      'small=1',
      '--tier',
      'mid=3',
      '--tier',
      'large=10',
      '--json',
    ])
    expect(code).toBe(0)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ rows: 200, incompleteRows: 1 })
    expect(report.tiers.single).toHaveLength(3)
    expect(report.tiers.aboveHullMean).toBeGreaterThan(0)
    const shown = await folder.run([
      'evaluate',
      'routing',
      'outcomes.jsonl',
      '--folds',
      '3',
      '--weak',
      'small',
      '--strong',
      'large',
      '--target-quality',
      '0.95',
    ])
    expect(shown.stdout).toMatch(
      /at threshold 0\.\d+, [\d.]+ % go to large and [\d.]+ % of its quality is kept/,
    )
  })
})

describe('bad rows', () => {
  it.each([
    ['empty.jsonl', '', 'there are no rows'],
    [
      'one.jsonl',
      lines([
        { text: 'a', label: 'x' },
        { text: 'b', label: 'x' },
      ]),
      'every row is labelled "x": a model needs at least two classes',
    ],
    ['oos.jsonl', lines([{ text: 'a', label: 'oos' }]), 'every row is labelled oos'],
    [
      'nan.jsonl',
      '{"text": "a", "label": "x"}\n{"text": "b", "label": NaN}\n',
      'nan.jsonl:2: not valid JSON',
    ],
    ['null.jsonl', '{"text": "a", "label": null}\n', 'null.jsonl:1: label must be a text'],
    ['number.jsonl', '\n{"text": 7, "label": "x"}\n', 'number.jsonl:2: text must be a text'],
    ['list.jsonl', '[]\n', 'list.jsonl:1: not a JSON object'],
    [
      'prompt.jsonl',
      '{"prompt": "a", "weak": 1, "strong": 1}\n',
      'lines with a prompt are for signalbox train routing',
    ],
  ])('are named by their line: %s', async (name, text, words) => {
    folder.write(name, text)
    const { code, stderr, stdout } = await folder.run([
      'train',
      'classes',
      name,
      '--out',
      'x.model',
      '--json',
    ])
    expect(stderr).toContain(words)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'invalid-data' } })
    expect(code).toBe(1)
  })

  it.each([
    [
      'mixed.jsonl',
      '{"prompt": "a", "weak": 1, "strong": 1}\n{"prompt": "b", "outcomes": {"m": 1}}\n',
      'mixed.jsonl:2: some lines have outcomes',
    ],
    [
      'far.jsonl',
      '{"prompt": "a", "weak": 2, "strong": 1}\n',
      'far.jsonl:1: weak must be a number from 0 to 1',
    ],
    ['half.jsonl', '{"prompt": "a", "weak": 1}\n', 'half.jsonl:1: strong is missing'],
    [
      'names.jsonl',
      '{"prompt": "a", "outcomes": {"m": 1, "n": 0}}\n',
      'name two models with --weak and --strong; the line has m, n',
    ],
  ])('of routing are named by their line: %s', async (name, text, words) => {
    folder.write(name, text)
    const { code, stderr } = await folder.run(['train', 'routing', name, '--out', 'x.model'])
    expect(stderr).toContain(words)
    expect(code).toBe(1)
  })

  it('in bytes: no UTF-8, a line without an end, damaged gzip, no file', async () => {
    writeFileSync(join(folder.path, 'latin.jsonl'), Buffer.from('{"text": "\xe9", "label": "x"}\n', 'latin1'))
    folder.write('long.jsonl', `{"text": "${'a'.repeat(9 * 1024 * 1024)}", "label": "x"}\n`)
    writeFileSync(join(folder.path, 'torn.jsonl.gz'), gzipSync(lines(classExamples(500, 1))).subarray(0, 300))
    for (const [file, words] of [
      ['latin.jsonl', 'latin.jsonl:1: not valid UTF-8'],
      ['long.jsonl', 'long.jsonl:1: longer than 8 MiB'],
      ['torn.jsonl.gz', 'torn.jsonl.gz: damaged gzip'],
      ['nowhere.jsonl', 'nowhere.jsonl cannot be read (ENOENT)'],
    ] as const) {
      const { code, stderr } = await folder.run(['train', 'classes', file, '--out', 'x.model'])
      expect(stderr).toContain(words)
      expect(code).toBe(1)
    }
  })

  it('are all named, up to five', async () => {
    folder.write('many.jsonl', 'x\n'.repeat(9))
    const { stderr } = await folder.run(['train', 'classes', 'many.jsonl', '--out', 'x.model'])
    expect(stderr.match(/not valid JSON/g)).toHaveLength(5)
  })
})

describe('bad usage', () => {
  it.each([
    [
      ['evaluate', 'classes', 'classes.jsonl'],
      'evaluate needs one of --model FILE, --folds K and --draw N',
      2,
    ],
    [['evaluate', 'classes', 'classes.jsonl', '--folds', '1'], '--folds must be a whole number from 2', 2],
    [
      ['evaluate', 'classes', 'classes.jsonl', '--folds', '3', '--group', 'lang'],
      '2 groups are too few for --folds 3',
      1,
    ],
    [
      ['evaluate', 'classes', 'classes.jsonl', '--folds', '2', '--group', 'nope'],
      'nope, which --group names, is missing',
      1,
    ],
    [['evaluate', 'classes', 'classes.jsonl', '--draw', '150'], 'leaves none of the 150 rows', 1],
    [
      ['evaluate', 'classes', 'classes.jsonl', '--folds', '2', '--where', 'lang'],
      '--where needs FIELD=VALUE',
      2,
    ],
    [
      ['evaluate', 'classes', 'classes.jsonl', '--folds', '2', '--where', 'lang=fr'],
      'no row matches lang=fr',
      1,
    ],
    [
      ['evaluate', 'classes', 'classes.jsonl', '--model', 'classes.jsonl'],
      'not a model that Signalbox has trained',
      1,
    ],
    [
      ['evaluate', 'routing', 'pairs.jsonl', '--folds', '2', '--target-strong', '2'],
      '--target-strong must be a number from 0 to 1',
      2,
    ],
    [
      ['evaluate', 'routing', 'outcomes.jsonl', '--folds', '2', '--weak', 'small'],
      '--weak and --strong belong together',
      2,
    ],
    [
      ['evaluate', 'routing', 'outcomes.jsonl', '--folds', '2', '--tier', 'small=1', '--tier', 'large'],
      'every --tier has a price, or none has',
      2,
    ],
    [['train', 'classes', 'classes.jsonl'], "required option '--out <model>' not specified", 2],
    [['train', 'classes', 'classes.jsonl', '--out', 'no/such/folder/m'], 'cannot be written (ENOENT)', 1],
    [['train', 'clases'], "unknown command 'clases'", 2],
  ])('is a sentence: %j', async (args, words, exitCode) => {
    const { code, stderr } = await folder.run(args)
    expect(stderr).toContain(words)
    expect(code).toBe(exitCode)
  })
})
