import { writeFileSync } from 'node:fs'
import { type LearnedModel, loadModel } from '../classify/learned/learned-model.ts'
import { encodeModel, MODEL_BYTES_MAX } from '../classify/learned/model-file.ts'
import type { Model } from '../classify/learned/model.ts'
import { Failure } from './failure.ts'
import { readFileUpTo } from './files.ts'

/** @returns how many bytes the file has. */
export function writeModel(path: string, model: Model): number {
  const bytes = encodeModel(model)
  try {
    writeFileSync(path, bytes)
  } catch (error) {
    throw new Failure(1, 'store-failed', `${path} cannot be written (${codeOf(error)})`)
  }
  return bytes.length
}

/** @throws Failure where there is no file, SignalboxError where it is no model. */
export function readModel(path: string): LearnedModel {
  let bytes: Buffer | 'too-large'
  try {
    bytes = readFileUpTo(path, MODEL_BYTES_MAX)
  } catch (error) {
    throw new Failure(1, 'not-found', `${path} cannot be read (${codeOf(error)})`)
  }
  if (bytes === 'too-large') throw new Failure(1, 'invalid-config', `${path} is too large for a model`)
  return loadModel(bytes)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
