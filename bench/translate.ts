/**
 * What it costs to translate: the events of a streamed reply in each direction, reading the bytes included, and a
 * request with a long history. The reference is what nobody who looks into the bytes can do without: to read the same
 * ones, parse each event (or the body) and write it again. Both are measured in turns, so that a busy machine slows both
 * alike. Figures are medians over whole replies, on one core.
 */
import { systemClock } from '../src/core/clock.ts'
import type { Wire } from '../src/core/wire.ts'
import { dialects } from '../src/wire/dialects.ts'
import { createSseReader, type SseEvent, writeEvent } from '../src/wire/sse.ts'
import { translation } from '../src/wire/translate/catalog.ts'
import type { Translation } from '../src/wire/translation.ts'
import type { BenchOptions, BenchRow } from './row.ts'
import { anthropicReply, anthropicRequest, chatReply, responsesReply } from './translate-bodies.ts'

const EVENTS = 2_000
const CHUNK_BYTES = 16 * 1024
const naming = { asked: 'auto', traceId: '0'.repeat(32), createdS: 0 }
const target = { model: 'm', outputTokensMax: undefined, dialect: dialects.openai }

const names: Readonly<Record<Wire, string>> = {
  anthropic: 'Anthropic',
  'openai-chat': 'Chat',
  'openai-responses': 'Responses',
}

/** Client and worker. */
const directions: readonly (readonly [Wire, Wire])[] = [
  ['anthropic', 'openai-chat'],
  ['anthropic', 'openai-responses'],
  ['openai-chat', 'anthropic'],
  ['openai-chat', 'openai-responses'],
  ['openai-responses', 'anthropic'],
  ['openai-responses', 'openai-chat'],
]

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const samples = options.quick ? 5 : 60
  const replies: Readonly<Record<Wire, Buffer>> = {
    anthropic: anthropicReply(EVENTS),
    'openai-chat': chatReply(EVENTS),
    'openai-responses': responsesReply(EVENTS),
  }
  const asked = anthropicRequest()
  const requests: Readonly<Record<Wire, Buffer>> = {
    anthropic: asked,
    'openai-chat': translationOf('anthropic', 'openai-chat').request(asked, target).body,
    'openai-responses': translationOf('anthropic', 'openai-responses').request(asked, target).body,
  }
  return [
    ...directions.map(([client, worker]) => streamRow(client, worker, replies[worker], samples)),
    ...directions.map(([client, worker]) => requestRow(client, worker, requests[client], 10 * samples)),
  ]
}

function streamRow(client: Wire, worker: Wire, bytes: Buffer, samples: number): BenchRow {
  const direction = translationOf(client, worker)
  const events = createSseReader().push(bytes).length
  const [ours, reference] = medianMs(
    samples,
    () => translated(bytes, direction),
    () => relayed(bytes, rewritten),
  )
  const perSecond = (ms: number): number => Math.round(events / (ms / 1_000))
  return {
    name: `stream, ${names[worker]} to ${names[client]}`,
    ours: perSecond(ours),
    unit: 'events/s',
    reference: { name: 'parse and write each event', value: perSecond(reference) },
    target: '≥ 150,000 events/s',
  }
}

function requestRow(client: Wire, worker: Wire, body: Buffer, samples: number): BenchRow {
  const direction = translationOf(client, worker)
  const [ours, reference] = medianMs(
    samples,
    () => direction.request(body, target).body.length,
    () => Buffer.from(JSON.stringify(JSON.parse(body.toString()))).length,
  )
  return {
    name: `request of ${Math.round(body.length / 1_000)} KB, ${names[client]} to ${names[worker]}`,
    ours: ours * 1_000,
    unit: 'µs',
    reference: { name: 'parse and write the body', value: reference * 1_000 },
  }
}

function translationOf(from: Wire, to: Wire): Translation {
  const found = translation(from, to)
  if (!found) throw new Error(`no translation from ${from} to ${to}`)
  return found
}

/** Fails where the client's stream did not come to its end: a refused stream would be fast. */
function translated(bytes: Buffer, direction: Translation): number {
  const translator = direction.stream(naming)
  let last: Buffer = bytes
  const sent = relayed(bytes, (event) => {
    const out = translator.push(event)
    if (out.length > 0) last = out
    return out
  })
  const rest = translator.end()
  if (!ENDS.test(Buffer.concat([last, rest]).toString())) throw new Error(`no end: ${last.toString()}`)
  return sent + rest.length
}

const ENDS = /\[DONE\]|"type":"message_stop"|"type":"response\.completed"/

/** Reads the bytes as they come from a socket. @returns how many bytes went out, so that nothing is left undone. */
function relayed(bytes: Buffer, convert: (event: SseEvent) => Buffer): number {
  const reader = createSseReader()
  let sent = 0
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    for (const event of reader.push(bytes.subarray(at, at + CHUNK_BYTES))) sent += convert(event).length
  }
  return sent
}

function rewritten(event: SseEvent): Buffer {
  if (event.data === '[DONE]') return event.raw
  return writeEvent(event.name, JSON.stringify(JSON.parse(event.data)))
}

/** Medians of both, measured in turns. */
function medianMs(samples: number, ours: () => number, reference: () => number): readonly [number, number] {
  const times: [number[], number[]] = [[], []]
  const warmUp = Math.ceil(samples / 4) + 3
  for (let sample = -warmUp; sample < samples; sample++) {
    const pair = [timedMs(ours), timedMs(reference)] as const
    if (sample < 0) continue
    times[0].push(pair[0])
    times[1].push(pair[1])
  }
  return [median(times[0]), median(times[1])]
}

function timedMs(work: () => number): number {
  const startMs = systemClock.now()
  work()
  return systemClock.now() - startMs
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0
}
