import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeModel } from './learned/model-file.ts'
import { loadClassesModel } from './load-model.ts'
import { classExamples, routingExamples } from './train/examples-harness.ts'
import { trainClasses } from './train/train-classes.ts'
import { trainRouting } from './train/train-routing.ts'

describe('the model that the configuration names', () => {
  let folder: string
  const file = (name: string): string => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-model-'))
    const classes = encodeModel(trainClasses(classExamples(60, 1), { seed: 1 }))
    await writeFile(file('classes.model'), classes)
    await writeFile(file('damaged.model'), Buffer.from(classes).fill(7, 200, 220))
    await writeFile(file('text.model'), 'no model')
    await writeFile(
      file('routing.model'),
      encodeModel(trainRouting(routingExamples(60, 1), ['weak', 'strong'], { seed: 1 })),
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is none where it says none', () => {
    expect(loadClassesModel('none')).toBeUndefined()
  })

  it('is read from its file', () => {
    expect(loadClassesModel(file('classes.model'))?.kind).toBe('classes')
  })

  it.each([
    ['gone.model', 'cannot be read (ENOENT)'],
    ['damaged.model', ''],
    ['text.model', ''],
    ['routing.model', 'is a model for routing'],
    ['', 'cannot be read'],
  ])('is refused as configuration: %s', (name, words) => {
    const load = (): unknown => loadClassesModel(file(name))
    expect(load).toThrow(expect.objectContaining({ code: 'invalid-config' }) as Error)
    expect(load).toThrow(words)
  })
})
