import { describe, expect, it } from 'vitest'
import { refusalOf } from '../requests.suite.ts'
import { inputOf, toResponsesRequest } from '../anthropic-responses.suite.ts'

const user = (content: unknown): object => ({ role: 'user', content })
const assistant = (...content: readonly object[]): object => ({ role: 'assistant', content })
const text = (value: string): object => ({ type: 'text', text: value })
const call = (id: string): object => ({ type: 'tool_use', id, name: 'f', input: { id } })
const result = (id: string, content: unknown = 'done', more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
})
const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' }
const outputOf = (content: unknown, more?: object): unknown =>
  inputOf([user('x'), assistant(call('a')), user([result('a', content, more)])])[2].output

describe('a conversation for a Responses worker', () => {
  it('is a list of items in the order of the blocks, calls by call_id and without ids of their own', () => {
    expect(
      inputOf([
        user('x'),
        assistant(text('one'), call('a'), text('two'), call('b')),
        user([result('a'), result('b'), text('next')]),
      ]),
    ).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'one' }] },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{"id":"a"}' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'two' }] },
      { type: 'function_call', call_id: 'b', name: 'f', arguments: '{"id":"b"}' },
      { type: 'function_call_output', call_id: 'a', output: 'done' },
      { type: 'function_call_output', call_id: 'b', output: 'done' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'next' }] },
    ])
  })

  it('answers calls that nobody answered, and refuses results without a call', () => {
    const items = inputOf([user('x'), assistant(call('a'), call('b')), user([result('b'), text('y')])])
    expect(items.slice(3, 5)).toMatchObject([
      { call_id: 'b', output: 'done' },
      { call_id: 'a', output: 'The call was cancelled; there is no result.' },
    ])
    expect(refusalOf(() => inputOf([user([result('a')])]))).toMatchObject({
      code: 'invalid-message',
      path: 'messages.0.content.0',
    })
  })

  it('answers them before the assistant goes on', () => {
    const items = inputOf([user('x'), assistant(call('a')), assistant(text('y')), user('z')])
    expect(items.map(({ type }: { type: string }) => type)).toEqual([
      'message',
      'function_call',
      'function_call_output',
      'message',
      'message',
    ])
  })

  it('keeps pictures and documents of a result in the result', () => {
    expect(outputOf([text('see'), { type: 'image', source: png }])).toEqual([
      { type: 'input_text', text: 'see' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'auto' },
    ])
    const pdf = { type: 'document', source: { ...png, media_type: 'application/pdf' }, title: 'a.pdf' }
    expect(outputOf([pdf])).toEqual([
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
    ])
  })

  it('says in words that a call failed', () => {
    expect(outputOf('no such file', { is_error: true })).toBe('Error: no such file')
    expect(outputOf([], { is_error: true })).toBe('Error')
    expect(outputOf([{ type: 'image', source: png }], { is_error: true })).toMatchObject([
      { text: 'Error' },
      { type: 'input_image' },
    ])
  })

  it('gives results without content as empty text', () => {
    expect(outputOf(null)).toBe('')
    expect(outputOf('')).toBe('')
  })

  it.each<[string, object, readonly object[]]>([
    [
      'a picture by URL',
      { type: 'image', source: { type: 'url', url: 'https://x/a.png' } },
      [{ type: 'input_image', image_url: 'https://x/a.png', detail: 'auto' }],
    ],
    [
      'a document by URL',
      { type: 'document', source: { type: 'url', url: 'https://x/a.pdf' }, title: 'T' },
      [
        { type: 'input_text', text: 'Title: T' },
        { type: 'input_file', file_url: 'https://x/a.pdf' },
      ],
    ],
    [
      'a document with context',
      { type: 'document', source: { ...png, media_type: 'application/pdf' }, context: 'C' },
      [
        { type: 'input_text', text: 'Context: C' },
        { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,AAAA' },
      ],
    ],
    [
      'a document of text',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'D' }, title: 'T' },
      [{ type: 'input_text', text: 'Title: T\n\nD' }],
    ],
    [
      'a document of blocks',
      { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'D' }] } },
      [{ type: 'input_text', text: 'D' }],
    ],
    [
      'a search result',
      { type: 'search_result', source: 'S', title: 'T', content: [{ type: 'text', text: 'D' }] },
      [{ type: 'input_text', text: 'Title: T\nSource: S\n\nD' }],
    ],
  ])('takes %s', (_name, block, content) => {
    expect(inputOf([user([block])])[0].content).toEqual(content)
  })

  it('refuses what lies where the worker cannot reach it', () => {
    for (const type of ['image', 'document']) {
      const block = { type, source: { type: 'file', file_id: 'file_1' } }
      expect(refusalOf(() => inputOf([user([block])]))).toMatchObject({
        code: 'untranslatable',
        path: 'messages.0.content.0.source',
      })
    }
  })

  it('keeps later system text in its place', () => {
    const items = inputOf([
      user('x'),
      { role: 'system', content: 'mind the gap' },
      assistant(text('y')),
      user('z'),
    ])
    expect(items[1]).toEqual({
      type: 'message',
      role: 'developer',
      content: [{ type: 'input_text', text: 'mind the gap' }],
    })
  })

  it('may not end with the assistant', () => {
    expect(refusalOf(() => inputOf([user('x'), assistant(text('{'))]))).toMatchObject({
      code: 'untranslatable',
      path: 'messages.1',
    })
  })

  it('never carries another vendor’s seal', () => {
    const { body, losses } = toResponsesRequest({
      messages: [
        user('x'),
        assistant(
          { type: 'thinking', thinking: 'secret thoughts', signature: 'EqQBCg' },
          { type: 'redacted_thinking', data: 'EqQBCh' },
          text('y'),
        ),
        user('z'),
      ],
    })
    expect(losses).toEqual(['thinking:model'])
    expect(JSON.stringify(body)).not.toMatch(/secret thoughts|EqQBC/)
  })

  it('drops reasoning that led to nothing, which would be refused', () => {
    const thinking = {
      type: 'redacted_thinking',
      data: 'signalbox-reasoning-1:openai:target-model:rs_1:sealed',
    }
    const whole = toResponsesRequest({ messages: [user('x'), assistant(thinking, text('y')), user('z')] })
    expect(whole.body.input[1]).toEqual({
      type: 'reasoning',
      id: 'rs_1',
      summary: [],
      encrypted_content: 'sealed',
    })
    const cut = toResponsesRequest({ messages: [user('x'), assistant(text('y'), thinking), user('z')] })
    expect(cut.body.input.map(({ type }: { type: string }) => type)).not.toContain('reasoning')
    expect(cut.losses).toEqual(['thinking:prefix'])
  })

  it('tells what the vendor’s search found as text', () => {
    const { body, losses } = toResponsesRequest({
      messages: [
        user('x'),
        assistant(
          { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
          {
            type: 'web_search_tool_result',
            tool_use_id: 's',
            content: [{ type: 'web_search_result', title: 'T', url: 'https://x', encrypted_content: 'E' }],
          },
          text('found'),
        ),
        user('z'),
      ],
    })
    expect(body.input[1].content).toEqual([
      { type: 'output_text', text: '[web_search: {"query":"q"}]' },
      { type: 'output_text', text: '[Search results]\n- T https://x' },
      { type: 'output_text', text: 'found' },
    ])
    expect(losses).toEqual(['removed:server_tool_use'])
  })
})

describe('ends of cached prefixes', () => {
  const marked = (value: string, ttl?: string): object => ({
    type: 'text',
    text: value,
    cache_control: { type: 'ephemeral', ...(ttl !== undefined && { ttl }) },
  })
  const takes = { cacheOptions: true }

  it('stay where they are, with the shorter life', () => {
    const { body, losses } = toResponsesRequest(
      { system: [marked('s', '1h')], messages: [user([marked('x')])] },
      { takes },
    )
    for (const item of body.input) {
      expect(item.content[0].prompt_cache_breakpoint).toEqual({ mode: 'explicit' })
    }
    expect(losses).toEqual([])
  })

  it('stand at the end of a result', () => {
    const cache_control = { type: 'ephemeral' }
    const { body } = toResponsesRequest(
      { messages: [user('x'), assistant(call('a')), user([result('a', 'done', { cache_control })])] },
      { takes },
    )
    expect(body.input[2].output).toEqual([
      { type: 'input_text', text: 'done', prompt_cache_breakpoint: { mode: 'explicit' } },
    ])
  })

  it('are as many as the worker takes, the last ones', () => {
    const { body, losses } = toResponsesRequest(
      { messages: [user(['a', 'b', 'c', 'd'].map((value) => marked(value)))] },
      { takes },
    )
    const [{ content }] = body.input
    expect(content.map((part: object) => 'prompt_cache_breakpoint' in part)).toEqual([
      false,
      true,
      true,
      true,
    ])
    expect(losses).toEqual(['removed:cache_control'])
  })

  it('are dropped where the model is not known to take them', () => {
    const { body, losses } = toResponsesRequest({ messages: [user([marked('x')])] })
    expect(JSON.stringify(body)).not.toContain('breakpoint')
    expect(losses).toEqual(['removed:cache_control'])
  })
})
