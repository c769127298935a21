import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Classifiable } from '../classify/classifier.ts'
import type { Classification } from '../core/decision.ts'
import { Failure } from './failure.ts'
import { linesOf } from './lines.ts'

/**
 * Classifies the lines of a .jsonl file and prints a JSON line for each, in their order. A line that is no
 * {text, context?} gives {line, error}, and the rest goes on. Empty lines are passed over.
 */
const LINE_BYTES_MAX = 32 * 1024 * 1024
/** One write for many lines. */
const WRITE_CHARS = 64 * 1024

type Classify = (message: Classifiable) => Classification

/** @returns false when a line was bad. */
export async function classifyLines(file: string, classify: Classify): Promise<boolean> {
  const stream: AsyncIterable<Buffer | string> = file === '-' ? process.stdin : createReadStream(file)
  let allGood = true
  let number = 0
  let output = ''
  try {
    for await (const line of linesOf(stream, LINE_BYTES_MAX)) {
      number++
      const answer = answerFor(line, number, classify)
      if (answer === undefined) continue
      if ('error' in answer) allGood = false
      output += `${JSON.stringify(answer)}\n`
      if (output.length < WRITE_CHARS) continue
      if (!process.stdout.write(output)) await once(process.stdout, 'drain')
      output = ''
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new Failure(1, 'not-found', `${file} cannot be read (${code})`)
  } finally {
    process.stdout.write(output)
  }
  return allGood
}

type Answer = Classification | { readonly line: number; readonly error: string }

function answerFor(line: Buffer | 'too-long', number: number, classify: Classify): Answer | undefined {
  const bad = (error: string): Answer => ({ line: number, error })
  if (line === 'too-long') return bad('longer than 32 MiB')
  const json = line
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim()
  if (json === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return bad('not valid JSON')
  }
  if (!isGroup(value)) return bad('not a JSON object')
  const { text, context } = value
  if (text === undefined) return bad('text is missing')
  if (typeof text !== 'string') return bad('text must be a string')
  if (context === undefined || context === null) return classify({ text })
  return isGroup(context) ? classify({ text, context }) : bad('context must be a JSON object')
}

function isGroup(value: unknown): value is { text?: unknown; context?: unknown } & Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
