/** Replies of Anthropic's Messages API, written by hand: a fake must not lean on the code that it helps to test. */

export interface FakeReply {
  readonly id: string
  readonly model: string
  readonly text: string
  readonly inputTokens: number
  readonly outputTokens: number
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

export function replyBytes({ id, model, text, inputTokens, outputTokens }: FakeReply): Buffer {
  return json({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  })
}

/** One event a buffer: two before the text, one a word, three after it. */
export function streamBytes({ id, model, text, inputTokens, outputTokens }: FakeReply): readonly Buffer[] {
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: 0 },
  }
  const words = text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === '' ? [] : [text])
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...words.map((word) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: word },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: outputTokens },
    },
    { type: 'message_stop' },
  ].map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`))
}

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

export function errorBytes(status: number, message: string): Buffer {
  const type = errorTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
  return json({ type: 'error', error: { type, message }, request_id: 'req_fake' })
}
