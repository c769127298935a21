import { describe, expect, it } from 'vitest'
import { refusalOf, type TargetOptions, toAnthropicRequest } from '../requests.suite.ts'

type Message = Record<string, unknown>

function messages(list: readonly object[], options?: TargetOptions): readonly Message[] {
  // What these tests send is translated into messages that are objects.
  return toAnthropicRequest({ messages: list }, options).body['messages'] as Message[]
}

const user = (content: unknown): object => ({ role: 'user', content })
const system = (content: unknown): object => ({ role: 'system', content })
const assistant = (content: unknown, ...calls: readonly object[]): object => ({
  role: 'assistant',
  content,
  ...(calls.length > 0 && { tool_calls: calls }),
})
const call = (id: string, name = 'f', args: unknown = '{}'): object => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const tool = (id: string, content: unknown): object => ({ role: 'tool', tool_call_id: id, content })
const text = (words: string): object => ({ type: 'text', text: words })
const says = (role: string, ...blocks: readonly (object | string)[]): object => ({
  role,
  content: blocks.map((block) => (typeof block === 'string' ? text(block) : block)),
})
const result = (id: string, ...blocks: readonly object[]): object => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(blocks.length > 0 && { content: blocks }),
})
const use = (id: string, name = 'f', input: object = {}): object => ({ type: 'tool_use', id, name, input })

describe('system text', () => {
  it('at the start is the system prompt, whatever its role, in blocks where there are several', () => {
    const { body } = toAnthropicRequest({
      messages: [system('One.'), { role: 'developer', content: [text('Two.')] }, user('Hi')],
    })
    expect(body['system']).toEqual([text('One.'), text('Two.')])
    expect(body['messages']).toEqual([says('user', 'Hi')])
  })

  it('later on stays in its place for a model that knows the role', () => {
    const takes = { systemMessages: true }
    const list = [user('a'), system('S'), assistant('b'), user('c'), system('T')]
    expect(messages(list, { takes })).toEqual([
      says('user', 'a'),
      says('system', 'S'),
      says('assistant', 'b'),
      says('user', 'c'),
      says('system', 'T'),
    ])
  })

  it('later on is said by the user where the model does not know the role, and reported', () => {
    const { body, losses } = toAnthropicRequest({
      messages: [user('a'), system('S'), assistant('b'), user('c')],
    })
    expect(body['messages']).toEqual([
      says('user', 'a', '[Note from the operator]', 'S'),
      says('assistant', 'b'),
      says('user', 'c'),
    ])
    expect(losses).toEqual(['system-rewritten'])
  })

  it('where the role may not stand is said by the user as well', () => {
    const takes = { systemMessages: true }
    expect(messages([user('a'), system('S'), user('b')], { takes })).toEqual([
      says('user', 'a', '[Note from the operator]', 'S', 'b'),
    ])
    expect(messages([user('a'), assistant('b'), system('S'), user('c')], { takes })).toEqual([
      says('user', 'a'),
      says('assistant', 'b'),
      says('user', '[Note from the operator]', 'S', 'c'),
    ])
  })

  it('after the assistant’s last turn is said by the user as well', () => {
    const list = messages([user('a'), assistant('b'), system('S')], { takes: { systemMessages: true } })
    expect(list.at(-1)).toEqual(says('user', '[Note from the operator]', 'S'))
  })

  it('alone is what is asked', () => {
    const { body } = toAnthropicRequest({ messages: [system('Tell a joke.')] })
    expect(body).not.toHaveProperty('system')
    expect(body['messages']).toEqual([says('user', 'Tell a joke.')])
  })
})

describe('turns', () => {
  it('alternate: messages of one role in a row become one', () => {
    expect(messages([user('a'), user([text('b')]), assistant('c'), assistant('d'), user('e')])).toEqual([
      says('user', 'a', 'b'),
      says('assistant', 'c', 'd'),
      says('user', 'e'),
    ])
  })

  it('begin with the user’s', () => {
    const list = messages([assistant('Welcome!'), user('Hi')])
    expect(list.map((message) => message['role'])).toEqual(['user', 'assistant', 'user'])
  })

  it('of the assistant without content are left out', () => {
    expect(messages([user('a'), assistant(null), assistant(''), assistant(' \n'), user('b')])).toEqual([
      says('user', 'a', 'b'),
    ])
  })

  it('of the assistant at the end are refused for a model that does not continue them', () => {
    const list = [user('a'), assistant('The answer is')]
    expect(refusalOf(() => messages(list, { takes: { prefill: false } }))).toMatchObject({
      code: 'untranslatable',
      path: 'messages.1',
    })
    expect(messages(list)).toEqual([says('user', 'a'), says('assistant', 'The answer is')])
  })

  it('in which the assistant declined keep its words', () => {
    expect(messages([user('a'), { role: 'assistant', content: null, refusal: 'No.' }, user('b')])[1]).toEqual(
      says('assistant', 'No.'),
    )
    const parts = [{ type: 'refusal', refusal: 'No.' }]
    expect(messages([user('a'), assistant(parts), user('b')])[1]).toEqual(says('assistant', 'No.'))
  })

  it('lose names and foreign reasoning, and say so', () => {
    const { losses } = toAnthropicRequest({
      messages: [
        { role: 'user', content: 'a', name: 'Ann' },
        { role: 'assistant', content: 'b', reasoning_content: 'hm', annotations: [] },
        user('c'),
      ],
    })
    expect(losses).toEqual(['removed:name', 'removed:reasoning_content', 'removed:annotations'])
  })
})

describe('images and files', () => {
  const image = (url: string, more: object = {}): object => ({
    type: 'image_url',
    image_url: { url, ...more },
  })

  it('keep URLs and unpack data URLs', () => {
    const list = messages([
      user([image('https://e.org/a.png'), image('data:image/PNG;base64,AAAA', { detail: 'auto' })]),
    ])
    expect(list).toEqual([
      says(
        'user',
        { type: 'image', source: { type: 'url', url: 'https://e.org/a.png' } },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      ),
    ])
  })

  it('report a detail that was asked for', () => {
    expect(
      toAnthropicRequest({ messages: [user([image('https://e.org/a', { detail: 'high' })])] }).losses,
    ).toEqual(['removed:detail'])
  })

  it.each([
    ['invalid-message', 'ftp://e.org/a.png'],
    ['invalid-message', 'data:image/png,AAAA'],
    ['invalid-message', ''],
    ['untranslatable', 'data:image/tiff;base64,AAAA'],
  ])('are refused as %s: "%s"', (code, url) => {
    expect(refusalOf(() => messages([user([image(url)])]))).toMatchObject({
      code,
      path: 'messages.0.content.0.image_url.url',
    })
  })

  it('that are PDFs become documents', () => {
    const file = { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } }
    expect(messages([user([file])])).toEqual([
      says('user', {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
        title: 'a.pdf',
      }),
    ])
  })

  it.each([
    ['a file that lies with OpenAI', { type: 'file', file: { file_id: 'file-1' } }],
    ['audio', { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
  ])('are refused where they cannot be had: %s', (_what, part) => {
    expect(refusalOf(() => messages([user([part])])).code).toBe('untranslatable')
  })
})

describe('calls and their results', () => {
  it('stand together in the user’s turn after the call', () => {
    expect(
      messages([
        user('a'),
        assistant('Look', call('c1', 'f', '{"b":1,"a":[2]}'), call('c2', 'g')),
        tool('c1', 'one'),
        tool('c2', [text('two'), text('three')]),
        user('and then?'),
      ]),
    ).toEqual([
      says('user', 'a'),
      says('assistant', 'Look', use('c1', 'f', { b: 1, a: [2] }), use('c2', 'g')),
      says('user', result('c1', text('one')), result('c2', text('two'), text('three')), 'and then?'),
    ])
  })

  it('may be empty', () => {
    expect(messages([user('a'), assistant(null, call('c1')), tool('c1', '')]).at(-1)).toEqual(
      says('user', result('c1')),
    )
  })

  it('without a result are answered as cancelled, also at the end', () => {
    const cancelled = {
      type: 'tool_result',
      tool_use_id: 'c2',
      content: expect.stringContaining('cancelled'),
      is_error: true,
    }
    expect(
      messages([user('a'), assistant(null, call('c1'), call('c2')), tool('c1', 'x'), user('b')]).at(-1),
    ).toEqual(says('user', result('c1', text('x')), cancelled, 'b'))
    expect(messages([user('a'), assistant(null, call('c2'))]).at(-1)).toEqual(says('user', cancelled))
  })

  it('that nobody asked for are refused', () => {
    expect(refusalOf(() => messages([user('a'), tool('c9', 'x')]))).toMatchObject({
      code: 'invalid-message',
      path: 'messages.1',
    })
    const twice = [user('a'), assistant(null, call('c1')), tool('c1', 'x'), tool('c1', 'y')]
    expect(refusalOf(() => messages(twice)).path).toBe('messages.3')
  })

  it('get fitting ids where theirs do not fit, the same for call and result', () => {
    const list = messages([user('a'), assistant(null, call('functions.f:0')), tool('functions.f:0', 'x')])
    const id = expect.stringMatching(/^toolu_[0-9a-f]{32}$/)
    expect(list[1]).toMatchObject({ content: [{ id }] })
    expect(list[2]).toMatchObject({ content: [{ tool_use_id: id }] })
    expect(new Set(JSON.stringify(list).match(/toolu_[0-9a-f]{32}/g)).size).toBe(1)
  })

  it.each(['', 'null', '{}', ' '])('with arguments "%s" have an empty input', (args) => {
    expect(messages([user('a'), assistant(null, call('c1', 'f', args))])[1]).toEqual(
      says('assistant', use('c1')),
    )
  })

  it('with arguments that are no JSON object have an empty input and a note', () => {
    expect(messages([user('a'), assistant(null, call('c1', 'f', '{"a": nope}'))])[1]).toEqual({
      role: 'assistant',
      content: [use('c1'), { type: 'text', text: expect.stringContaining('{"a": nope}') }],
    })
  })

  it.each<[string, object]>([
    ['messages.1.tool_calls.0', assistant(null, { id: 'c', type: 'mcp', mcp: {} })],
    [
      'messages.1.function_call',
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } },
    ],
    ['messages.1.audio', { role: 'assistant', content: null, audio: { id: 'a' } }],
    ['messages.1.role', { role: 'function', name: 'f', content: 'x' }],
    ['messages.1.tool_calls.0.function.name', assistant(null, call('c1', 'x'.repeat(65)))],
    ['messages.1.content.0', assistant([{ type: 'image_url', image_url: { url: 'https://e.org' } }])],
  ])('in forms without a counterpart are refused: %s', (path, message) => {
    expect(refusalOf(() => messages([user('a'), message]))).toMatchObject({ code: 'untranslatable', path })
  })

  it('in a malformed message are refused with the path', () => {
    expect(refusalOf(() => messages([user('a'), assistant(null, { type: 'function' })])).path).toBe(
      'messages.1.tool_calls.0.function',
    )
    const nameless = { ...call('c1'), id: undefined }
    expect(refusalOf(() => messages([user('a'), assistant(null, nameless)]))).toMatchObject({
      code: 'invalid-message',
      path: 'messages.1.tool_calls.0.id',
    })
  })
})
