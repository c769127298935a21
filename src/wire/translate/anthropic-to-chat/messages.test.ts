import { describe, expect, it } from 'vitest'
import { refusalOf, request, type TargetOptions, toChatRequest } from '../requests.suite.ts'

type Message = Record<string, unknown>

function messages(list: readonly object[], options?: TargetOptions): readonly Message[] {
  // What these tests send is translated into messages that are objects.
  return toChatRequest({ messages: list }, options).body['messages'] as Message[]
}

const user = (content: unknown): object => ({ role: 'user', content })
const assistant = (content: unknown): object => ({ role: 'assistant', content })
const text = (words: string): object => ({ type: 'text', text: words })
const use = (id: string, name = 'f', input: object = {}): object => ({ type: 'tool_use', id, name, input })
const result = (id: string, content?: unknown, more: object = {}): object => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content !== undefined && { content }),
  ...more,
})
const chatCall = (id: string, name = 'f', args = '{}'): object => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
const pngUrl = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

describe('the system prompt', () => {
  it('is one first message, also when it comes in blocks', () => {
    const { body, losses } = toChatRequest({
      system: [
        { type: 'text', text: 'One.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Two.' },
      ],
    })
    expect(body['messages']).toMatchObject([{ role: 'developer', content: 'One.\n\nTwo.' }, { role: 'user' }])
    expect(losses).toEqual(['removed:cache_control'])
  })

  it('goes under the role that the server knows', () => {
    expect(toChatRequest({ system: 'S' }, { dialect: 'llamacpp' }).body['messages']).toMatchObject([
      { role: 'system' },
      {},
    ])
  })

  it('in the middle stays in its place where the server takes that', () => {
    const list = [user('a'), { role: 'system', content: 'S' }, assistant('b'), user('c')]
    expect(messages(list).map((message) => message['role'])).toEqual([
      'user',
      'developer',
      'assistant',
      'user',
    ])
  })

  it('in the middle is said by the user, and labelled, where the server takes it only at the start', () => {
    const list = [user('a'), { role: 'system', content: 'S' }, assistant('b'), user('c')]
    const { body, losses } = toChatRequest({ messages: list }, { dialect: 'llamacpp' })
    expect(body['messages']).toEqual([
      { role: 'user', content: [text('a'), text('[Note from the operator]\nS')] },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ])
    expect(losses).toEqual(['system-rewritten'])
  })

  it('holds nothing but text', () => {
    expect(refusalOf(() => toChatRequest({ system: [png] }))).toMatchObject({
      code: 'untranslatable',
      path: 'system.0',
    })
  })
})

describe('text and images', () => {
  it('stay a string where there is one text, and parts where there are more', () => {
    expect(messages([user([text('a')])])).toEqual([user('a')])
    expect(messages([user([text('a'), png, text('b')])])).toEqual([user([text('a'), pngUrl, text('b')])])
  })

  it('leave out what is empty', () => {
    expect(messages([user([text(''), text('a')]), assistant([text('')]), assistant('b'), user('c')])).toEqual(
      [user('a'), assistant('b'), user('c')],
    )
  })

  it('with a URL keep the URL', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }
    expect(messages([user([image])])).toEqual([
      user([{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]),
    ])
  })

  it('that lie with Anthropic are refused', () => {
    const image = { type: 'image', source: { type: 'file', file_id: 'file_1' } }
    expect(refusalOf(() => messages([user([image])]))).toMatchObject({
      code: 'untranslatable',
      path: 'messages.0.content.0.source',
    })
  })

  it('of one role in a row become one message', () => {
    expect(messages([user('a'), user('b')])).toEqual([user([text('a'), text('b')])])
    expect(messages([user('a'), assistant('b'), assistant('c'), user('d')])).toEqual([
      user('a'),
      assistant([text('b'), text('c')]),
      user('d'),
    ])
  })
})

describe('documents', () => {
  const document = (source: object, more: object = {}): object => ({ type: 'document', source, ...more })

  it('of text become text under their title', () => {
    const plain = document(
      { type: 'text', media_type: 'text/plain', data: 'Words' },
      { title: 'T', context: 'C' },
    )
    expect(messages([user([plain])])).toEqual([user('Title: T\nContext: C\n\nWords')])
    const blocks = document({ type: 'content', content: [text('a'), png] })
    expect(messages([user([blocks])])).toEqual([user([text('a'), pngUrl])])
  })

  it('of bytes become files where the server takes them', () => {
    const pdf = document({ type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, { title: 'a.pdf' })
    expect(messages([user([pdf])])).toEqual([
      user([{ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } }]),
    ])
    expect(refusalOf(() => messages([user([pdf])], { dialect: 'vllm' })).code).toBe('untranslatable')
  })

  it('by URL or file id are refused', () => {
    for (const source of [
      { type: 'url', url: 'https://example.org/a.pdf' },
      { type: 'file', file_id: 'f' },
    ]) {
      expect(refusalOf(() => messages([user([document(source)])])).path).toBe('messages.0.content.0.source')
    }
  })

  it('that are search results become text with their source', () => {
    const found = {
      type: 'search_result',
      source: 'https://e.org',
      title: 'T',
      content: [text('a'), text('b')],
    }
    expect(messages([user([found])])).toEqual([user('Title: T\nSource: https://e.org\n\na\n\nb')])
  })
})

describe('calls and their results', () => {
  it('keep ids, names and arguments', () => {
    expect(
      messages([
        user('a'),
        assistant([text('Look'), use('t1', 'f', { b: 1, a: [2] })]),
        user([result('t1', 'done')]),
      ]),
    ).toEqual([
      user('a'),
      { role: 'assistant', content: 'Look', tool_calls: [chatCall('t1', 'f', '{"b":1,"a":[2]}')] },
      { role: 'tool', tool_call_id: 't1', content: 'done' },
    ])
  })

  it('stand directly after the turn that called, before what the person wrote', () => {
    expect(
      messages([
        user('a'),
        assistant([use('t1'), use('t2')]),
        user([text('and then?'), result('t1', '1'), result('t2', [text('2'), text('3')])]),
      ]).slice(1),
    ).toEqual([
      { role: 'assistant', content: null, tool_calls: [chatCall('t1'), chatCall('t2')] },
      { role: 'tool', tool_call_id: 't1', content: '1' },
      { role: 'tool', tool_call_id: 't2', content: [text('2'), text('3')] },
      user('and then?'),
    ])
  })

  it('with images say so, and the images follow in the next message', () => {
    const list = messages([user('a'), assistant([use('t1')]), user([result('t1', [text('shot:'), png])])])
    expect(list.slice(2)).toEqual([
      {
        role: 'tool',
        tool_call_id: 't1',
        content: [text('shot:'), text('[attachment 1 of tool result t1] follows in the next message')],
      },
      user([text('[attachment 1 of tool result t1]'), pngUrl]),
    ])
    expect(JSON.stringify(list[2])).not.toContain('AAAA')
  })

  it('that failed say so in their text', () => {
    const list = messages([
      user('a'),
      assistant([use('t1'), use('t2')]),
      user([result('t1', 'no such file', { is_error: true }), result('t2', undefined, { is_error: true })]),
    ])
    expect(list.slice(2).map((message) => message['content'])).toEqual(['Error: no such file', 'Error'])
  })

  it('without a result are answered as cancelled', () => {
    const list = messages([
      user('a'),
      assistant([use('t1'), use('t2')]),
      user([result('t2', 'ok'), text('go on')]),
    ])
    expect(list.slice(2)).toMatchObject([
      { role: 'tool', tool_call_id: 't2', content: 'ok' },
      { role: 'tool', tool_call_id: 't1', content: expect.stringContaining('cancelled') },
      user('go on'),
    ])
    expect(messages([user('a'), assistant([use('t1')])]).at(-1)).toMatchObject({
      role: 'tool',
      tool_call_id: 't1',
    })
    expect(messages([user('a'), assistant([use('t1')]), assistant('b'), user('c')])[2]).toMatchObject({
      role: 'tool',
    })
  })

  it('that nobody asked for, or twice, are refused', () => {
    expect(refusalOf(() => messages([user([result('t9', 'x')])]))).toMatchObject({
      code: 'invalid-message',
      path: 'messages.0.content.0',
    })
    const twice = [user('a'), assistant([use('t1')]), user([result('t1', 'x'), result('t1', 'y')])]
    expect(refusalOf(() => messages(twice)).code).toBe('invalid-message')
    expect(refusalOf(() => messages([user('a'), assistant([use('t1'), use('t1')])])).code).toBe(
      'invalid-message',
    )
  })

  it('are separated from the user by a filler where the server refuses that', () => {
    const list = messages(
      [user('a'), assistant([use('abcdefgh1')]), user([result('abcdefgh1', 'x'), text('b')])],
      {
        dialect: 'mistral',
      },
    )
    expect(list.map((message) => message['role'])).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
  })

  it('get ids of nine characters where the server wants them, the same for call and result', () => {
    const list = messages([user('a'), assistant([use('toolu_01abc')]), user([result('toolu_01abc', 'x')])], {
      dialect: 'mistral',
    })
    expect(list[2]?.['tool_call_id']).toMatch(/^[A-Za-z0-9]{9}$/)
    expect(list[1]).toMatchObject({ tool_calls: [{ id: list[2]?.['tool_call_id'] }] })
  })

  it('keep whole numbers that no double can hold', () => {
    const body = JSON.stringify({
      model: 'auto',
      max_tokens: 1,
      messages: [user('a'), assistant([use('t1', 'f', { id: '#' })]), user([result('t1', 'x')])],
    }).replace('"#"', '12345678901234567890')
    const { body: translated } = request('anthropic', 'openai-chat', body)
    expect(translated['messages']).toMatchObject([
      {},
      { tool_calls: [{ function: { arguments: '{"id":12345678901234567890}' } }] },
      {},
    ])
  })

  it('with a tool name that does not fit are refused by name', () => {
    const name = 'two words'
    const error = refusalOf(() => messages([user('a'), assistant([use('t1', name)])]))
    expect(error).toMatchObject({ code: 'untranslatable', path: 'messages.1.content.0.name' })
    expect(error.message).toContain(name)
  })
})

describe('reasoning in the history', () => {
  it('is left out of what goes to another vendor, and reported', () => {
    const thinking = { type: 'thinking', thinking: 'secret', signature: 's' }
    const { body, losses } = toChatRequest({
      messages: [
        user('a'),
        assistant([thinking, { type: 'redacted_thinking', data: 'x' }, text('b')]),
        user('c'),
        assistant([thinking]),
        user('d'),
      ],
    })
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(body['messages']).toEqual([user('a'), assistant('b'), user([text('c'), text('d')])])
    expect(losses).toEqual(['thinking:model'])
  })
})

describe('a last message of the assistant', () => {
  const prefilled = [user('a'), assistant('The answer is')]

  it('is refused where it would not be continued', () => {
    expect(refusalOf(() => messages(prefilled))).toMatchObject({ code: 'untranslatable', path: 'messages.1' })
  })

  it('is sent as it is where it is continued, with a flag where it needs one', () => {
    expect(toChatRequest({ messages: prefilled }, { dialect: 'ollama' }).body).not.toHaveProperty(
      'continue_final_message',
    )
    expect(toChatRequest({ messages: prefilled }, { dialect: 'vllm' }).body).toMatchObject({
      continue_final_message: true,
      add_generation_prompt: false,
    })
    expect(toChatRequest({}, { dialect: 'vllm' }).body).not.toHaveProperty('continue_final_message')
  })
})

describe('blocks without a counterpart', () => {
  it.each([
    ['user', { type: 'container_upload', file_id: 'f' }],
    ['assistant', { type: 'server_tool_use', id: 's', name: 'code_execution', input: {} }],
    ['assistant', png],
    ['user', { type: 'x'.repeat(500) }],
    ['user', {}],
  ])('in a message of the %s are refused with their path', (role, block) => {
    const list = role === 'user' ? [user([block])] : [user('a'), assistant([block])]
    const error = refusalOf(() => messages(list))
    expect(error.code).toBe('untranslatable')
    expect(error.path).toBe(`messages.${list.length - 1}.content.0`)
    expect(error.message.length).toBeLessThan(200)
  })
})

describe('what the vendor’s own tools did', () => {
  it('is told in words, and the loss says so', () => {
    const result = {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', title: 'X', url: 'https://x.test' }],
    }
    const asked = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } }
    const list = [user('a'), assistant([asked, result]), user('b')]
    const { body, losses } = toChatRequest({ messages: list })
    expect(body['messages']).toMatchObject([
      {},
      {
        role: 'assistant',
        content: [
          { type: 'text', text: '[web_search: {"query":"x"}]' },
          { type: 'text', text: '[Search results]\n- X https://x.test' },
        ],
      },
      {},
    ])
    expect(losses).toEqual(['removed:server_tool_use'])
  })

  it('names the tool that a search found', () => {
    const call = { type: 'tool_use', id: 't', name: 'ToolSearch', input: {} }
    const content = [{ type: 'tool_reference', tool_name: 'read' }]
    const result = { type: 'tool_result', tool_use_id: 't', content }
    expect(messages([user('a'), assistant([call]), user([result])])).toMatchObject([
      {},
      {},
      { role: 'tool', content: '[The tool read can be called now.]' },
    ])
  })
})

describe('the ends of cached prefixes', () => {
  const cached = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const mark = { prompt_cache_breakpoint: { mode: 'explicit' } }
  const takes = { cacheOptions: true }
  const text = (words: string): object => ({ type: 'text', text: words, ...cached })

  it('stand where they stood, where model and server know them', () => {
    const call = { type: 'tool_use', id: 't', name: 'f', input: {} }
    const result = { type: 'tool_result', tool_use_id: 't', content: 'r', is_error: true, ...cached }
    const { body, losses } = toChatRequest(
      {
        system: [{ type: 'text', text: 'one' }, text('two')],
        messages: [user([text('a')]), assistant([call]), user([result])],
      },
      { takes },
    )
    expect(body['messages']).toMatchObject([
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two', ...mark },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'a', ...mark }] },
      { role: 'assistant' },
      { role: 'tool', content: [{ type: 'text', text: 'Error: r', ...mark }] },
    ])
    expect(losses).toEqual([])
  })

  it('are the last three of too many', () => {
    const content = ['a', 'b', 'c', 'd'].map(text)
    const { body, losses } = toChatRequest({ messages: [user(content)] }, { takes })
    expect(body['messages']).toMatchObject([
      {
        content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b', ...mark }, mark, mark],
      },
    ])
    expect(JSON.stringify(body).split('prompt_cache_breakpoint')).toHaveLength(4)
    expect(losses).toEqual(['removed:cache_control'])
  })

  it('may be one too many, and the text that is cached stays as it was', () => {
    const system = [{ type: 'text', text: 'one' }, text('two')]
    const content = ['a', 'b', 'c'].map(text)
    const { body } = toChatRequest({ system, messages: [user(content)] }, { takes })
    expect(body['messages']).toMatchObject([
      {
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      {},
    ])
  })

  it.each([
    ['an older model', { takes: { cacheOptions: false } }],
    ['another server', { dialect: 'vllm', takes } as const],
  ])('are left out for %s, and the loss says so', (_what, options) => {
    const { body, losses } = toChatRequest({ messages: [user([text('a')])] }, options)
    expect(body['messages']).toEqual([{ role: 'user', content: 'a' }])
    expect(losses).toEqual(['removed:cache_control'])
  })
})
