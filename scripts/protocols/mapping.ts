import { SignalboxError } from '../../src/core/errors.ts'
import type { Wire } from '../../src/core/wire.ts'
import { translation } from '../../src/wire/translate/catalog.ts'
import type { ReplyNeeds, Target, Translation } from '../../src/wire/translation.ts'
import { type Change, changesBetween } from './changes.ts'
import { code } from './text.ts'

export type Json = Readonly<Record<string, unknown>>

/** One thing that a request may say. */
export interface Sample {
  /** In words. */
  readonly what: string
  /** The fields that say it. */
  readonly sent: Json
  /** Fields that the request has with and without it, because it means nothing alone. */
  readonly beside?: Json
  /** Why a worker need not be told, where nothing of it is sent and no code says so. */
  readonly needless?: Readonly<Partial<Record<Wire, string>>>
}

export interface WorkerSeen {
  readonly label: string
  readonly wire: Wire
  readonly target: Target
}

export function translationOf(from: Wire, to: Wire): Translation {
  const found = translation(from, to)
  if (!found) throw new Error(`no translation from ${from} to ${to}`)
  return found
}

/** What of the client's request the sample is. */
export function sampleCell(base: Json, { sent, beside }: Sample): string {
  return changesBetween({ ...base, ...beside }, { ...base, ...beside, ...sent })
    .map(changeText)
    .join('<br>')
}

/** What becomes of a sample at each of the workers; those that get the same stand together. */
export function mappedCell(from: Wire, base: Json, sample: Sample, workers: readonly WorkerSeen[]): string {
  const byText = new Map<string, string[]>()
  for (const worker of workers) {
    const text = mappedText(from, base, sample, worker)
    byText.set(text, [...(byText.get(text) ?? []), worker.label])
  }
  if (byText.size === 1) return [...byText.keys()].join('')
  return [...byText].map(([text, labels]) => `${labels.join(', ')}: ${text}`).join('<br>')
}

function mappedText(from: Wire, base: Json, sample: Sample, { wire, target }: WorkerSeen): string {
  const { sent, beside, needless } = sample
  const translated = (request: Json): Outcome => outcomeOf(from, wire, request, target)
  const without = translated({ ...base, ...beside })
  const result = translated({ ...base, ...beside, ...sent })
  if (result.refusal !== undefined) return `refused: ${code(result.refusal)}`
  const asked = changesBetween({ ...base, ...beside }, { ...base, ...beside, ...sent })
  const changes = changesBetween(without.body, result.body)
  const losses = result.losses.filter((loss) => !without.losses.includes(loss))
  const needs = needWords.flatMap(([need, words]) =>
    result.needs[need] !== undefined && without.needs[need] === undefined ? [words] : [],
  )
  const isSame = changes.length > 0 && JSON.stringify(changes) === JSON.stringify(asked)
  const lines = [
    ...(isSame ? ['='] : changes.map(changeText)),
    ...needs,
    ...(losses.length > 0
      ? [`${changes.length > 0 ? 'lost' : 'left out'}: ${losses.map(code).join(', ')}`]
      : []),
  ]
  if (lines.length > 0) return lines.join('<br>')
  const reason = needless?.[wire]
  return reason === undefined ? 'not sent' : `not sent: ${reason}`
}

interface Outcome {
  readonly body: unknown
  readonly losses: readonly string[]
  readonly needs: ReplyNeeds
  readonly refusal?: string
}

function outcomeOf(from: Wire, to: Wire, request: Json, target: Target): Outcome {
  try {
    const { body, losses, ...needs } = translationOf(from, to).request(
      Buffer.from(JSON.stringify(request)),
      target,
    )
    return { body: JSON.parse(body.toString()), losses, needs }
  } catch (error) {
    if (!SignalboxError.is(error)) throw error
    return { body: {}, losses: [], needs: {}, refusal: error.message }
  }
}

/** What the way back does because of the request. */
const needWords: readonly (readonly [keyof ReplyNeeds, string])[] = [
  ['stopSequences', 'the answer is cut on its way back'],
  ['toolNames', 'calls come back under the client’s name'],
  ['customTools', 'calls come back as calls of a custom tool'],
  ['usageChunk', 'usage comes in a chunk of its own'],
  ['safeguards', 'the reply says: unsupported'],
]

function changeText({ path, value }: Change): string {
  return value === undefined ? `without ${code(path)}` : `${code(path)}: ${code(value)}`
}
