import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { type Wire, wires } from '../core/wire.ts'
import { protocols } from './catalog.ts'
import type { RequestView } from './protocol.ts'

type Fields = Readonly<Record<string, unknown>>

const valid: Fields = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] }

/** Where the protocols differ in names only. */
const names: Readonly<Record<Wire, { readonly list: string; readonly text: string; readonly max: string }>> =
  {
    anthropic: { list: 'messages', text: 'text', max: 'max_tokens' },
    'openai-chat': { list: 'messages', text: 'text', max: 'max_tokens' },
    'openai-responses': { list: 'input', text: 'input_text', max: 'max_output_tokens' },
  }

/** The body, with the names that the protocol has for `messages` and `max_tokens`. */
function bodyOf(wire: Wire, fields: Fields): string {
  const { list, max } = names[wire]
  const { messages, max_tokens, ...rest } = { ...valid, ...fields } as Record<string, unknown>
  return JSON.stringify({ ...rest, [list]: messages, [max]: max_tokens })
}

function view(wire: Wire, fields: Fields): RequestView {
  return protocols[wire].view(Buffer.from(bodyOf(wire, fields)))
}

function faultOf(wire: Wire, body: Buffer): SignalboxError | undefined {
  try {
    protocols[wire].view(body)
    return undefined
  } catch (error) {
    if (SignalboxError.is(error)) return error
    throw error
  }
}

describe.each(wires)('a view of a request, %s', (wire) => {
  it('tells model and stream', () => {
    expect(view(wire, { model: 'm/"é😀' })).toMatchObject({ wire, model: 'm/"é😀', stream: false })
    expect(view(wire, { stream: true }).stream).toBe(true)
    expect(view(wire, { stream: false }).stream).toBe(false)
    expect(view(wire, { stream: null }).stream).toBe(false)
  })

  const { list } = names[wire]
  const isLoose = wire === 'openai-responses'

  it.each<[string, Fields, string, string]>([
    ['no model', { model: undefined }, 'model', 'model is missing'],
    ['a model that is no string', { model: { id: 'x' } }, 'model', 'model must be a string'],
    ['an empty model', { model: '' }, 'model', 'model must not be empty'],
    ['a model with a control character', { model: 'a\u0000' }, 'model', 'must not hold control characters'],
    ['a model with half a character', { model: 'a\ud800' }, 'model', 'must not hold half of a character'],
    ['a model of 257 characters', { model: 'x'.repeat(257) }, 'model', 'at most 256 characters'],
    ['a conversation that is no list', { messages: { role: 'user' } }, list, `${list} must be an array`],
    [
      'a message that is no object',
      { messages: [...Array(300).fill({ role: 'user' }), 'hi'] },
      `${list}.300`,
      `${list}.300 must be an object`,
    ],
    [
      'a role that is no string',
      { messages: [{ role: 'user' }, { role: 1 }] },
      `${list}.1.role`,
      'must be a string',
    ],
    ['a stream that is no boolean', { stream: 'yes' }, 'stream', 'stream must be true or false'],
  ])('refuses %s, naming the place and what to send', (_name, fields, path, words) => {
    const fault = faultOf(wire, Buffer.from(bodyOf(wire, fields)))
    expect(fault).toMatchObject({ code: 'invalid-message', path, message: expect.stringContaining(words) })
    expect(fault?.hint).toContain('Send "')
  })

  it.each<[string, Fields, string, string]>([
    ['no messages', { messages: undefined }, 'messages', 'messages is missing'],
    ['no message at all', { messages: [] }, 'messages', 'messages must not be empty'],
    ['text for messages', { messages: 'hi' }, 'messages', 'messages must be an array'],
    ['a message without a role', { messages: [{ content: 'x' }] }, 'messages.0.role', 'must be a string'],
  ])(`${isLoose ? 'lets pass' : 'refuses'} %s`, (_name, fields, path, words) => {
    const fault = faultOf(wire, Buffer.from(bodyOf(wire, fields)))
    if (isLoose) expect(fault).toBeUndefined()
    else expect(fault).toMatchObject({ path, message: expect.stringContaining(words) })
  })

  it('takes a model of 256 characters', () => {
    expect(view(wire, { model: 'x'.repeat(256) }).model).toHaveLength(256)
  })

  it('refuses a model whose escapes are wrong', () => {
    const fault = faultOf(wire, Buffer.from(`{"model":"a\\x","${list}":[{"role":"user"}]}`))
    expect(fault?.code).toBe('malformed-json')
  })

  it('lets keys, roles and blocks pass that it does not know', () => {
    const odd = view(wire, {
      max_tokens: 'many',
      speed: 'fast',
      messages: [{ role: 'critic', content: 7, x: [] }],
    })
    expect(odd).toMatchObject({
      texts: [],
      maxTokens: undefined,
      toolLoopOpen: false,
      thinking: false,
      session: undefined,
    })
  })

  it('gives the last three texts of the person, newest first', () => {
    const messages = ['a', 'b', 'c', 'd'].flatMap((content) => [
      { role: 'user', content },
      { role: 'assistant', content: 'answer' },
    ])
    expect(view(wire, { messages }).texts).toEqual(['d', 'c', 'b'])
  })

  it('skips what others said: roles system, developer, tool and assistant', () => {
    const messages = ['system', 'developer', 'user', 'assistant', 'tool', 'function', 'system'].map(
      (role) => ({
        role,
        content: `from ${role}`,
      }),
    )
    expect(view(wire, { messages }).texts).toEqual(['from user'])
  })

  it('joins the text blocks of one message by line feeds, leaving other blocks out', () => {
    const type = names[wire].text
    const content = [
      { type, text: 'first' },
      { type: 'image', text: 'no', source: { type: 'text', text: 'no' } },
      'stray',
      { text: 'no type' },
      { type },
      { cache_control: {}, text: 'second', type },
    ]
    expect(view(wire, { messages: [{ role: 'user', content }] }).texts).toEqual(['first\nsecond'])
  })

  it('strips reminders, also unclosed ones, and does not count a message without any other text', () => {
    const user = (...texts: string[]): Fields => ({
      role: 'user',
      content: texts.map((text) => ({ type: names[wire].text, text })),
    })
    const messages = [
      {
        role: 'user',
        content: '<system-reminder>x</system-reminder>\n\n  what I want <system-reminder>y</system-reminder>',
      },
      user('<system-reminder>only</system-reminder>'),
      user('before <system-reminder>cut off', 'after'),
      user(' \n'),
      user('a<system-reminder>1</system-reminder>b<system-reminder><system-reminder></system-reminder>c'),
    ]
    expect(view(wire, { messages }).texts).toEqual(['abc', 'before\nafter', 'what I want'])
  })

  it('keeps a text without reminders as it is', () => {
    expect(view(wire, { messages: [{ role: 'user', content: '  indented\n' }] }).texts).toEqual([
      '  indented\n',
    ])
  })

  it('reads the person’s text from a first turn of Claude Code, whose last message is of role system', () => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: names[wire].text, text: '<system-reminder>…</system-reminder>' },
          { type: names[wire].text, text: 'say hi', cache_control: { type: 'ephemeral' } },
        ],
      },
      { role: 'system', content: '# Environment\nYou are in a shell' },
    ]
    expect(view(wire, { messages })).toMatchObject({ texts: ['say hi'], toolLoopOpen: false })
  })

  it('looks back over the last 256 messages', () => {
    const history = (count: number): Fields[] => [
      { role: 'user', content: 'old' },
      ...Array.from({ length: count }, () => ({ role: 'assistant', content: 'x' })),
    ]
    expect(view(wire, { messages: history(255) }).texts).toEqual(['old'])
    // The first messages are kept for the opening, but what lies between is not known.
    expect(view(wire, { messages: [...history(400), { role: 'user', content: 'new' }] }).texts).toEqual([
      'new',
    ])
  })

  it('gives a text as it is written where an escape in it is wrong, for the worker to refuse', () => {
    const text = `${'x'.repeat(40)}\\q`
    const body = Buffer.from(`{"model":"m","${list}":[{"role":"user","content":"${text}"}]}`)
    expect(protocols[wire].view(body).texts).toEqual([text])
  })

  it('tells whether tools are offered', () => {
    expect(view(wire, {}).tools).toBe(false)
    expect(view(wire, { tools: [] }).tools).toBe(false)
    expect(view(wire, { tools: null }).tools).toBe(false)
    expect(view(wire, { tools: [{ name: 'x' }] }).tools).toBe(true)
  })

  it('sees reasoning blocks in the history, not in what is only said', () => {
    const type = isLoose ? 'reasoning' : 'thinking'
    const saying = (content: unknown): boolean =>
      view(wire, { messages: [{ role: 'assistant', content }] }).thinking
    expect(saying([{ type, thinking: '', signature: 's' }])).toBe(true)
    expect(saying([{ data: 'x', type: 'redacted_thinking' }])).toBe(!isLoose)
    expect(saying([{ type: 'text', text: `{"type": "${type}"} and "type":"${type}"` }])).toBe(false)
    expect(saying(type)).toBe(false)
    expect(saying(['type', type, { typed: type }])).toBe(false)
    expect(view(wire, { thinking: { type } }).thinking).toBe(false)
    const spaced = Buffer.from(`{"model":"m","${list}":[{"role":"a","content":[{"type" :\n "${type}"}]}]}`)
    expect(protocols[wire].view(spaced).thinking).toBe(true)
  })

  it('reads a whole number of tokens, and nothing else', () => {
    const maxOf = (max: unknown): number | undefined => view(wire, { max_tokens: max }).maxTokens
    expect(maxOf(128_000)).toBe(128_000)
    expect(maxOf(0)).toBe(0)
    for (const odd of [-1, 1.5, 1e300, '100', null, [1], true]) expect(maxOf(odd)).toBeUndefined()
  })

  it('opens with system prompt and first text, at most 4,096 characters of each', () => {
    const system = 'é"\\'.repeat(20_000)
    const first = 'b'.repeat(10_000)
    const messages = [{ role: 'user', content: first }]
    const asked =
      wire === 'anthropic'
        ? { system, messages }
        : { messages: [{ role: 'system', content: system }, ...messages] }
    expect(view(wire, asked).opening).toBe(`${system.slice(0, 4096)}\n${first.slice(0, 4096)}`)
    expect(view(wire, {}).opening).toBe('\nhello')
  })

  it('opens with whole characters, wherever the bytes are cut', () => {
    // Each of these is written as an escape of six bytes, so a cut after so many bytes hits all places of one.
    for (let before = 0; before < 6; before++) {
      const system = 'a'.repeat(before) + '\u0001'.repeat(10_000)
      const messages = [
        { role: 'system', content: system },
        { role: 'user', content: 'b' },
      ]
      const asked = wire === 'anthropic' ? { system, messages: messages.slice(1) } : { messages }
      expect(view(wire, asked).opening).toBe(`${system.slice(0, 4096)}\nb`)
    }
  })

  it('has the same opening in every turn of a conversation', () => {
    const messages: Fields[] = [{ role: 'user', content: 'first' }]
    const opening = view(wire, { messages }).opening
    for (let turn = 0; turn < 400; turn++)
      messages.push({ role: 'assistant', content: 'x' }, { role: 'user', content: `${turn}` })
    expect(view(wire, { messages }).opening).toBe(opening)
  })

  it('splices another model in, every other byte as it was', () => {
    const body = Buffer.from(
      ` { "x": 1.0e2, "model" :  "a\\u0062c" ,"${list}":[{"role":"user","content":"\\u00e9é"}]} \n`,
    )
    const parts = protocols[wire].view(body).withModel('new "model"')
    expect(Buffer.concat(parts).toString()).toBe(body.toString().replace('"a\\u0062c"', '"new \\"model\\""'))
    expect(parts[0]?.buffer).toBe(body.buffer)
  })
})
