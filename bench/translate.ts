/**
 * What it costs to translate: the events of a streamed reply in each direction, reading the bytes included, and a
 * request with a long history. The reference is what nobody who looks into the events can do without: to read the same
 * bytes, parse each event and write it again. Figures are medians over whole replies, on one core.
 */
import { systemClock } from '../src/core/clock.ts'
import type { Wire } from '../src/core/wire.ts'
import { dialects } from '../src/wire/dialects.ts'
import { createSseReader, type SseEvent, writeData, writeEvent } from '../src/wire/sse.ts'
import { translation } from '../src/wire/translate/catalog.ts'
import type { Translation } from '../src/wire/translation.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const EVENTS = 2_000
const CHUNK_BYTES = 16 * 1024
const naming = { asked: 'auto', traceId: '0'.repeat(32), createdS: 0 }

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const samples = options.quick ? 5 : 60
  return [
    streamRow('anthropic', 'openai-chat', chatReply(), samples),
    streamRow('openai-chat', 'anthropic', anthropicReply(), samples),
    requestRow('anthropic', 'openai-chat', anthropicRequest(), samples),
    requestRow('openai-chat', 'anthropic', chatRequest(), samples),
  ]
}

function streamRow(from: Wire, to: Wire, bytes: Buffer, samples: number): BenchRow {
  const direction = translationOf(from, to)
  const perSecond = (convert: () => (event: SseEvent) => Buffer): number =>
    Math.round(EVENTS / (medianMs(samples, () => relay(bytes, convert())) / 1_000))
  return {
    name: `translate a stream, ${to} to ${from}`,
    ours: perSecond(() => {
      const translator = direction.stream(naming)
      return (event) => translator.push(event)
    }),
    unit: 'events/s',
    reference: { name: 'parse and write each event', value: perSecond(() => rewritten) },
    target: '≥ 150,000 events/s',
  }
}

function requestRow(from: Wire, to: Wire, body: Buffer, samples: number): BenchRow {
  const direction = translationOf(from, to)
  const target = { model: 'm', outputTokensMax: undefined, dialect: dialects.openai }
  return {
    name: `translate a request of ${Math.round(body.length / 1024)} KB, ${from} to ${to}`,
    ours: medianMs(10 * samples, () => direction.request(body, target).body.length) * 1_000,
    unit: 'µs',
    reference: {
      name: 'parse and write the body',
      value:
        medianMs(10 * samples, () => Buffer.from(JSON.stringify(JSON.parse(body.toString()))).length) * 1_000,
    },
  }
}

function translationOf(from: Wire, to: Wire): Translation {
  const found = translation(from, to)
  if (!found) throw new Error(`no translation from ${from} to ${to}`)
  return found
}

/** Reads the bytes as they come from a socket. @returns how many bytes went out, so that nothing is left undone. */
function relay(bytes: Buffer, convert: (event: SseEvent) => Buffer): number {
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

function medianMs(samples: number, work: () => number): number {
  for (let warmUp = 0; warmUp < samples / 4 + 3; warmUp++) work()
  const times: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    const startMs = systemClock.now()
    work()
    times.push(systemClock.now() - startMs)
  }
  times.sort((a, b) => a - b)
  return times[times.length >> 1] ?? 0
}

/** Mostly text, and a call with long arguments, as agents get. */
function chatReply(): Buffer {
  const chunk = (delta: object, finish: string | null = null): Buffer =>
    writeData(
      JSON.stringify({
        id: 'chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT',
        object: 'chat.completion.chunk',
        created: 1_790_000_000,
        model: 'some-model-2026-11-01',
        service_tier: 'default',
        system_fingerprint: 'fp_44709d6fcb',
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      }),
    )
  const frames = [chunk({ role: 'assistant', content: '' })]
  const textEvents = Math.floor(EVENTS * 0.7)
  while (frames.length < textEvents) frames.push(chunk({ content: ' some words' }))
  frames.push(callChunk('{"text":"'))
  while (frames.length < EVENTS - 3) frames.push(argumentsChunk('more of a file '))
  frames.push(argumentsChunk('"}'), chunk({}, 'tool_calls'), writeData('[DONE]'))
  return Buffer.concat(frames)

  function callChunk(text: string): Buffer {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'write', arguments: text } }
    return chunk({ tool_calls: [call] })
  }
  function argumentsChunk(text: string): Buffer {
    return chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] })
  }
}

function anthropicReply(): Buffer {
  const event = (type: string, fields: object): Buffer =>
    writeEvent(type, JSON.stringify({ type, ...fields }))
  const delta = (index: number, fields: object): Buffer =>
    event('content_block_delta', { index, delta: fields })
  const usage = { input_tokens: 100, output_tokens: 1 }
  const frames = [
    event('message_start', { message: { type: 'message', role: 'assistant', content: [], usage } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ]
  const textEvents = Math.floor(EVENTS * 0.7)
  while (frames.length < textEvents) frames.push(delta(0, { type: 'text_delta', text: ' some words' }))
  const call = { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} }
  frames.push(
    event('content_block_stop', { index: 0 }),
    event('content_block_start', { index: 1, content_block: call }),
  )
  while (frames.length < EVENTS - 4) {
    frames.push(delta(1, { type: 'input_json_delta', partial_json: 'more of a file ' }))
  }
  frames.push(
    event('content_block_stop', { index: 1 }),
    event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 900 } }),
    event('message_stop', {}),
  )
  return Buffer.concat(frames)
}

const TURNS = 40
const RESULT = 'a line of a file that a tool has read\n'.repeat(30)

function anthropicRequest(): Buffer {
  const messages: object[] = [{ role: 'user', content: 'Mend the test.' }]
  for (let turn = 0; turn < TURNS; turn++) {
    const id = `toolu_${turn}`
    const call = { type: 'tool_use', id, name: 'read', input: { path: `src/file-${turn}.ts` } }
    messages.push(
      { role: 'assistant', content: [{ type: 'text', text: 'I look at the next file.' }, call] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: RESULT }] },
    )
  }
  return Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 1_000, stream: true, messages }))
}

function chatRequest(): Buffer {
  const target = { model: 'auto', outputTokensMax: undefined, dialect: dialects.openai }
  return translationOf('anthropic', 'openai-chat').request(anthropicRequest(), target).body
}
