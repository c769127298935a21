/**
 * What reading a request and naming another model costs, beside what a gateway does that parses and writes the body
 * anew (bytes → string → tree → string → bytes), in the same run; and how many stream events a second one core
 * reads, follows and renames. Bodies and streams are made here, in the forms that coding agents send and get.
 */
import { systemClock } from '../src/core/clock.ts'
import { protocols } from '../src/wire/catalog.ts'
import type { Protocol } from '../src/wire/protocol.ts'
import { createSseReader, writeData, writeEvent } from '../src/wire/sse.ts'
import type { BenchOptions, BenchRow } from './row.ts'
import { agentBody } from './wire-bodies.ts'

const sizes = [
  { name: '1 KB', bytes: 1_000, batch: 200, target: '≤ 1.2 × the reference' },
  { name: '60 KB', bytes: 60_000, batch: 10, target: '≤ 0.45 × the reference' },
  { name: '400 KB', bytes: 400_000, batch: 2, target: '≤ 0.1 × the reference' },
]

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const batches = options.quick ? 20 : 400
  const requests = sizes.map(({ name, bytes, batch, target }): BenchRow => {
    const body = agentBody(bytes)
    const [ours, reference] = alternating(
      batches,
      batch,
      () => splice(body),
      () => rewrite(body),
    )
    return {
      name: `view and other model, ${name}`,
      ours,
      unit: 'µs',
      reference: { name: 'parse and stringify', value: reference },
      target,
    }
  })
  const moves = sizes.map(({ name, bytes, batch }): BenchRow => {
    const body = agentBody(bytes)
    const [ours, reference] = alternating(
      batches,
      batch,
      () => move(body),
      () => rewriteMoved(body),
    )
    return {
      name: `view, shape and three edits, ${name}`,
      ours,
      unit: 'µs',
      reference: { name: 'parse, change and stringify', value: reference },
    }
  })
  const facts = agentBody(60_000)
  const [read] = alternating(
    batches,
    10,
    () => readAll(facts),
    () => undefined,
  )
  return [
    ...requests,
    ...moves,
    { name: 'view with every fact, 60 KB', ours: read, unit: 'µs' },
    ...streamRows(options.quick ? 20 : 200),
  ]
}

/** What is kept so that nothing measured can be left out as unused. */
let kept = 0

function splice(body: Buffer): void {
  const view = protocols.anthropic.view(body)
  kept += view.withModel('claude-haiku-5-5').length
}

function rewrite(body: Buffer): void {
  const parsed: Record<string, unknown> = JSON.parse(body.toString())
  parsed['model'] = 'claude-haiku-5-5'
  kept += Buffer.from(JSON.stringify(parsed)).length
}

/** What a move to another model asks of a request, and changes in it. */
function move(body: Buffer): void {
  const view = protocols.anthropic.view(body)
  const { fields, toolTypes, prefill, systemMessages, turnPaused, bound, media, inDoubt } = view.shape
  kept += Object.keys(fields).length + toolTypes.length + systemMessages.length + bound.length + media
  kept += Number(prefill) + Number(turnPaused) + Number(inDoubt) + view.promptTokens
  kept += view.edited([
    { path: ['model'], value: 'claude-haiku-5-5' },
    { path: ['output_config', 'effort'], value: 'medium' },
    { path: ['metadata'], value: undefined },
  ]).length
}

function rewriteMoved(body: Buffer): void {
  const parsed: Record<string, unknown> = JSON.parse(body.toString())
  parsed['model'] = 'claude-haiku-5-5'
  parsed['output_config'] = { effort: 'medium' }
  delete parsed['metadata']
  kept += Buffer.from(JSON.stringify(parsed)).length
}

function readAll(body: Buffer): void {
  const view = protocols.anthropic.view(body)
  kept +=
    view.texts.length +
    view.opening.length +
    Number(view.tools) +
    Number(view.toolLoopOpen) +
    Number(view.thinking)
  kept += (view.session?.length ?? 0) + (view.maxTokens ?? 0) + (view.effort?.length ?? 0)
}

const events = 400

function streamRows(batches: number): readonly BenchRow[] {
  const rows = [
    { name: 'Anthropic', protocol: protocols.anthropic, bytes: anthropicStream() },
    { name: 'Chat', protocol: protocols['openai-chat'], bytes: chatStream() },
  ]
  return rows.map(({ name, protocol, bytes }): BenchRow => {
    // The reference follows the stream as most relays do: decoded, split into lines, each one parsed.
    const [ours, reference] = alternating(
      batches,
      2,
      () => follow(protocol, bytes),
      () => parseLines(bytes),
    )
    const perSecond = (micros: number): number => Math.round((events / micros) * 1e6)
    return {
      name: `stream events read, followed and renamed, ${name}`,
      ours: perSecond(ours),
      unit: 'events/s',
      reference: { name: 'split and parse', value: perSecond(reference) },
      target: '≥ 150,000',
    }
  })
}

const chunkBytes = 1_400

function follow(protocol: Protocol, stream: Buffer): void {
  const reader = createSseReader()
  const observer = protocol.observe()
  for (let at = 0; at < stream.length; at += chunkBytes) {
    for (const event of reader.push(stream.subarray(at, at + chunkBytes))) {
      observer.see(event)
      kept += protocol.renameEvent(event, 'auto').length
    }
  }
  if (observer.phase !== 'ended') throw new Error(`the stream is ${observer.phase}`)
}

function parseLines(stream: Buffer): void {
  let rest = ''
  for (let at = 0; at < stream.length; at += chunkBytes) {
    const lines = (rest + stream.toString('utf8', at, at + chunkBytes)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data: {')) kept += Object.keys(JSON.parse(line.slice(6))).length
    }
  }
}

function anthropicStream(): Buffer {
  const write = (type: string, data: object): Buffer => writeEvent(type, JSON.stringify({ type, ...data }))
  const usage = { input_tokens: 2_000, output_tokens: 1 }
  return Buffer.concat([
    write('message_start', {
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-opus-5-5',
        content: [],
        usage,
      },
    }),
    write('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...Array.from({ length: events - 5 }, (_, index) =>
      write('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ` word ${index}` } }),
    ),
    write('content_block_stop', { index: 0 }),
    write('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 400 } }),
    write('message_stop', {}),
  ])
}

function chatStream(): Buffer {
  const write = (delta: object, finish: string | null = null): Buffer =>
    writeData(
      JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1_700_000_000,
        model: 'gpt-6-luna',
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      }),
    )
  return Buffer.concat([
    write({ role: 'assistant', content: '' }),
    ...Array.from({ length: events - 3 }, (_, index) => write({ content: ` word ${index}` })),
    write({}, 'stop'),
    writeData('[DONE]'),
  ])
}

/** Medians in µs of both, measured in turns, so that a busy machine slows both alike. */
function alternating(
  batches: number,
  batch: number,
  ours: () => void,
  reference: () => void,
): [number, number] {
  const samples: [number[], number[]] = [[], []]
  const warmUp = Math.ceil(batches / 2)
  for (let count = -warmUp; count < batches; count++) {
    const figures = [timed(batch, ours), timed(batch, reference)] as const
    if (count < 0) continue
    samples[0].push(figures[0])
    samples[1].push(figures[1])
  }
  return [median(samples[0]), median(samples[1])]
}

function timed(batch: number, work: () => void): number {
  const startMs = systemClock.now()
  for (let count = 0; count < batch; count++) work()
  return ((systemClock.now() - startMs) * 1000) / batch
}

function median(samples: number[]): number {
  return samples.sort((a, b) => a - b)[samples.length >> 1] ?? 0
}
