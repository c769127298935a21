/** Streamed replies and requests in the forms that agents get and send: mostly text, and a call with long arguments. */
import { writeData, writeEvent } from '../src/wire/sse.ts'

type Json = Readonly<Record<string, unknown>>

const WORDS = ' some words'
const PIECE = 'more of a file '

const named = (type: string, fields: Json): Buffer => writeEvent(type, JSON.stringify({ type, ...fields }))
const times = (count: number, frame: Buffer): readonly Buffer[] => Array.from({ length: count }, () => frame)

/** Seven of ten events are text. */
function shares(events: number, frame: number): readonly [number, number] {
  const texts = Math.floor(events * 0.7)
  return [texts, events - texts - frame]
}

export function chatReply(events: number): Buffer {
  const chunk = (delta: Json, finish: string | null = null): Buffer =>
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
  const argumentsOf = (text: string): Buffer =>
    chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] })
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'write', arguments: '{"text":"' },
  }
  const [texts, pieces] = shares(events, 5)
  return Buffer.concat([
    chunk({ role: 'assistant', content: '' }),
    ...times(texts, chunk({ content: WORDS })),
    chunk({ tool_calls: [call] }),
    ...times(pieces, argumentsOf(PIECE)),
    argumentsOf('"}'),
    chunk({}, 'tool_calls'),
    writeData('[DONE]'),
  ])
}

export function anthropicReply(events: number): Buffer {
  const delta = (index: number, fields: Json): Buffer =>
    named('content_block_delta', { index, delta: fields })
  const start = (index: number, block: Json): Buffer =>
    named('content_block_start', { index, content_block: block })
  const stop = (index: number): Buffer => named('content_block_stop', { index })
  const usage = { input_tokens: 100, output_tokens: 1 }
  const [texts, pieces] = shares(events, 7)
  return Buffer.concat([
    named('message_start', { message: { type: 'message', role: 'assistant', content: [], usage } }),
    start(0, { type: 'text', text: '' }),
    ...times(texts, delta(0, { type: 'text_delta', text: WORDS })),
    stop(0),
    start(1, { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} }),
    ...times(pieces, delta(1, { type: 'input_json_delta', partial_json: PIECE })),
    stop(1),
    named('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 900 } }),
    named('message_stop', {}),
  ])
}

const RESPONSE = { id: 'resp_1', object: 'response', model: 'some-model', status: 'in_progress', output: [] }
const USAGE = { input_tokens: 100, output_tokens: 900, total_tokens: 1_000 }

export function responsesReply(events: number): Buffer {
  let sequence = 0
  const event = (type: string, fields: Json): Buffer =>
    named(`response.${type}`, { sequence_number: sequence++, ...fields })
  const [texts, pieces] = shares(events, 10)
  const message = { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
  const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'write', arguments: '' }
  const inText = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const inCall = { item_id: 'fc_1', output_index: 1 }
  const part = { type: 'output_text', text: WORDS.repeat(texts), annotations: [], logprobs: [] }
  const said = { ...message, status: 'completed', content: [part] }
  const called = { ...call, status: 'completed', arguments: `{"text":"${PIECE.repeat(pieces)}"}` }
  const argumentsOf = (delta: string): Buffer => event('function_call_arguments.delta', { ...inCall, delta })
  return Buffer.concat([
    event('created', { response: RESPONSE }),
    event('output_item.added', { output_index: 0, item: message }),
    event('content_part.added', { ...inText, part: { ...part, text: '' } }),
    ...Array.from({ length: texts }, () =>
      event('output_text.delta', { ...inText, delta: WORDS, logprobs: [] }),
    ),
    event('output_item.done', { output_index: 0, item: said }),
    event('output_item.added', { output_index: 1, item: call }),
    argumentsOf('{"text":"'),
    ...Array.from({ length: pieces }, () => argumentsOf(PIECE)),
    argumentsOf('"}'),
    event('function_call_arguments.done', { ...inCall, arguments: called.arguments }),
    event('output_item.done', { output_index: 1, item: called }),
    event('completed', {
      response: { ...RESPONSE, status: 'completed', output: [said, called], usage: USAGE },
    }),
  ])
}

const TURNS = 40
const RESULT = 'a line of a file that a tool has read\n'.repeat(30)

/** A long tool loop, about 60 KB. */
export function anthropicRequest(): Buffer {
  const messages: Json[] = [{ role: 'user', content: 'Mend the test.' }]
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
