import { readFileSync, statSync } from 'node:fs'
import { SignalboxError } from '../core/errors.ts'
import { type ClassesModel, loadModel } from './learned/learned-model.ts'
import { MODEL_BYTES_MAX } from './learned/model-file.ts'

/**
 * The model of classes in a file; undefined for `none`.
 * @throws SignalboxError invalid-config where there is no such file, or it is no model of classes.
 */
export function loadClassesModel(name: string): ClassesModel | undefined {
  if (name === 'none') return undefined
  const model = loadModel(readModelFile(name))
  if (model.kind === 'classes') return model
  throw invalid(`${name} is a model for routing, and no model of classes`)
}

function readModelFile(path: string): Buffer {
  let bytes: number
  try {
    bytes = statSync(path).size
    if (bytes <= MODEL_BYTES_MAX) return readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw invalid(`${path} cannot be read (${code})`)
  }
  throw invalid(`${path} is too large for a model (${bytes} bytes)`)
}

function invalid(sentence: string): SignalboxError {
  return new SignalboxError('invalid-config', sentence, { path: 'classify.model' })
}
