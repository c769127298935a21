/**
 * What a learned model costs: from a JavaScript string to the answer, at several lengths; loading it; its size. The
 * models are trained here, on sentences put together by a seed. The reference is the pattern classifier on the same
 * text, in the same run.
 */
import { bundledPack, bundledPackNames } from '../src/classify/bundled-packs.ts'
import { createClassifier } from '../src/classify/cascade.ts'
import { loadModel } from '../src/classify/learned/learned-model.ts'
import { encodeModel } from '../src/classify/learned/model-file.ts'
import { trainClasses } from '../src/classify/train/train-classes.ts'
import { trainRouting } from '../src/classify/train/train-routing.ts'
import { systemClock } from '../src/core/clock.ts'
import { seededRandom } from '../src/core/random.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const lengths = [
  { chars: 40, batch: 500 },
  { chars: 500, batch: 200, target: '≤ 20 µs' },
  { chars: 3_000, batch: 50, target: '≤ 120 µs' },
  { chars: 1_000_000, batch: 50, target: '≤ 120 µs' },
]

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const batches = quick ? 10 : 200
  const classesFile = encodeModel(trainClasses(classRows(4, 400), { seed: 1 }))
  const routingFile = encodeModel(trainRouting(routingRows(400), ['weak', 'strong'], { seed: 1 }))
  const manyFile = encodeModel(trainClasses(classRows(150, 600), { seed: 1 }))
  const patterns = createClassifier({
    packs: bundledPackNames.flatMap((name) => bundledPack(name).pack ?? []),
    fallback: 'tactical',
    cache: { entries: 0, ttlMs: 0 },
    clock: systemClock,
  })
  const rows: BenchRow[] = []
  for (const [name, file] of [
    ['classes, 4 heads', classesFile],
    ['routing, 2 heads', routingFile],
  ] as const) {
    const ask = askOf(file)
    for (const { chars, batch, target } of lengths) {
      const text = textOf(chars)
      const reference = { name: 'patterns', value: median(batches, batch, () => patterns.classify({ text })) }
      const ours = median(batches, batch, () => ask(text))
      rows.push({
        name: `${name}, ${chars} characters`,
        ours,
        unit: 'µs',
        reference,
        ...(target && { target }),
      })
    }
  }
  const many = askOf(manyFile)
  const text = textOf(500)
  rows.push({
    name: 'classes, 150 heads, 500 characters',
    ours: median(batches, 20, () => many(text)),
    unit: 'µs',
    target: '≤ 312 µs',
  })
  rows.push(...fileRows({ classesFile, manyFile }, batches))
  return rows
}

function askOf(file: Buffer): (text: string) => unknown {
  const model = loadModel(file)
  return model.kind === 'classes' ? (text) => model.classify(text) : (text) => model.route(text)
}

function fileRows(
  { classesFile, manyFile }: Record<'classesFile' | 'manyFile', Buffer>,
  batches: number,
): BenchRow[] {
  return [
    {
      name: 'load, 4 heads',
      ours: median(Math.min(batches, 50), 1, () => loadModel(classesFile)) / 1_000,
      unit: 'ms',
      target: '≤ 10 ms',
    },
    { name: 'file, 4 heads', ours: classesFile.length / 1_000, unit: 'kB', target: '≤ 300 kB' },
    {
      name: 'file, 150 heads, each',
      ours: manyFile.length / 1_000 / 150,
      unit: 'kB',
      target: '≤ 66 kB (64 KiB)',
    },
  ]
}

function classRows(labels: number, rows: number): { text: string; label: string }[] {
  const random = seededRandom(1)
  return Array.from({ length: rows }, (_, row) => ({
    text: `${textOf(60 + Math.floor(random.next() * 60))} topic${row % labels}`,
    label: `class-${row % labels}`,
  }))
}

function routingRows(rows: number): { prompt: string; outcomes: number[] }[] {
  const random = seededRandom(1)
  return Array.from({ length: rows }, (_, row) => ({
    prompt: `item ${'abcdefgh'[row % 8]} ${textOf(100 + Math.floor(random.next() * 100))}`,
    outcomes: [row % 2, random.next()],
  }))
}

const sentences = [
  'Please analyze the overall strategy for the release and tell me what you would do first.',
  'The parser in module seven fails when a line ends in the middle of a string, so the test is red.',
  'Could you add a method that returns the last value, and write a test for the empty case?',
  'Afterwards the numbers should be shown in the table on the left, newest at the top.',
  'It worked yesterday; since the upgrade of the container it stops after about ninety seconds.',
]

function textOf(chars: number): string {
  let text = ''
  for (let count = 0; text.length < chars; count++) text += `${sentences[count % sentences.length]} `
  // Through a Buffer and back: a flat string, as it comes from a request.
  return Buffer.from(text.slice(0, chars)).toString('utf8')
}

function median(batches: number, batch: number, act: () => unknown): number {
  const sample = (): number => {
    const startMs = systemClock.now()
    for (let count = 0; count < batch; count++) act()
    return ((systemClock.now() - startMs) * 1_000) / batch
  }
  for (let count = 0; count < batches / 4; count++) sample()
  const samples = Array.from({ length: batches }, sample).sort((one, other) => one - other)
  return samples[Math.floor(samples.length / 2)] ?? 0
}
