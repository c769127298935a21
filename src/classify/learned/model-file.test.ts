import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { crc32 } from 'node:zlib'
import { SignalboxError } from '../../core/errors.ts'
import { classExamples } from '../train/examples-harness.ts'
import { trainClasses } from '../train/train-classes.ts'
import { learnedModel, loadModel } from './learned-model.ts'
import { decodeModel, encodeModel } from './model-file.ts'
import type { Model } from './model.ts'

let model: Model
let bytes: Buffer
beforeAll(() => {
  model = trainClasses(classExamples(60, 1), { seed: 1 })
  bytes = encodeModel(model)
})

function fault(file: Buffer): SignalboxError {
  try {
    decodeModel(file)
  } catch (error) {
    if (SignalboxError.is(error)) return error
  }
  throw new Error('the file was taken')
}

/** With a checksum that matches again. */
function sealed(file: Buffer): Buffer {
  file.writeUInt32LE(crc32(file.subarray(0, -4)), file.length - 4)
  return file
}

describe('a model file', () => {
  it('gives back the model that was written', () => {
    expect(decodeModel(bytes)).toEqual(model)
  })

  it('is small', () => {
    expect(bytes.length).toBeLessThan(64 * 1024 * model.names.length + 16_000)
  })

  it('answers as the model did', () => {
    const loaded = loadModel(bytes)
    const trained = learnedModel(model)
    for (const { text } of classExamples(50, 2))
      expect(loaded.kind === 'classes' && loaded.classify(text)).toEqual(
        trained.kind === 'classes' && trained.classify(text),
      )
  })

  it('is refused when any byte of it has changed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(bytes)
        damaged[at] = (damaged[at] as number) ^ change
        expect(fault(damaged).code).toBe('invalid-config')
      }),
    )
  })

  it('is refused when it ends early', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(fault(bytes.subarray(0, length)).code).toBe('invalid-config')
      }),
    )
  })

  it('says which of them is newer: the format, or the features', () => {
    const format = Buffer.from(bytes)
    format.writeUInt32LE(9, 8)
    expect(fault(format).message).toContain('newer Signalbox has made this model (format 9')
    const features = sealed(
      Buffer.from(bytes.toString('latin1').replace('"featuresVersion":1', '"featuresVersion":7'), 'latin1'),
    )
    expect(fault(features).message).toContain('newer Signalbox has made this model (features 7')
  })

  it.each([
    ['"kind":"classes"', '"kind":"glasses"', 'its kind is unknown'],
    ['"slotBits":16', '"slotBits":99', 'its features cannot be read'],
    ['"slotBits":16', '"slotBits":15', 'another number of weights'],
    ['"names":["account"', '"names":[1,"ccoun"', 'a name that is no text'],
    ['"units":[', '"units":{', 'its header is not JSON'],
    ['"rows":60', '"rows":[]', 'its card cannot be read'],
  ])('is refused with a header that is not ours (%#)', (from, to, words) => {
    const text = bytes.toString('latin1')
    expect(text).toContain(from)
    expect(fault(sealed(Buffer.from(text.replace(from, to), 'latin1'))).message).toContain(words)
  })

  it('is told from any other file', () => {
    expect(fault(Buffer.from('%PDF-1.7 and so on')).message).toBe(
      'this is not a model that Signalbox has trained',
    )
    expect(fault(Buffer.alloc(0)).code).toBe('invalid-config')
  })
})
