import { describe, expect, it } from 'vitest'
import type { Wire } from '../core/wire.ts'
import { protocols } from './catalog.ts'
import type { RequestView } from './protocol.ts'
import type { RequestShape } from './request-shape.ts'

const view = (wire: Wire, fields: object): RequestView =>
  protocols[wire].view(Buffer.from(JSON.stringify({ model: 'm', ...fields })))
const shape = (wire: Wire, fields: object): RequestShape => view(wire, fields).shape

const user = { role: 'user', content: 'do it' }
const assistant = (...content: object[]): object => ({ role: 'assistant', content })
const anthropic = (...messages: object[]): RequestShape => shape('anthropic', { messages })
const chat = (...messages: object[]): RequestShape => shape('openai-chat', { messages })
const responses = (...input: object[]): RequestShape => shape('openai-responses', { input })

describe('the shape of any request', () => {
  it('gives the top-level fields but for the long ones', () => {
    const long = { system: 's', instructions: 'i', tools: [], functions: [], input: 'x' }
    const short = { model: 'm', max_tokens: 7, thinking: { type: 'adaptive' }, x: null }
    expect(shape('anthropic', { ...short, ...long, messages: [user] }).fields).toEqual(short)
  })

  it('leaves a field of more than 64 KiB out, and is in doubt', () => {
    const large = shape('anthropic', { messages: [user], x: 'x'.repeat(65_537), y: 1 })
    expect(large).toMatchObject({ fields: { model: 'm', y: 1 }, inDoubt: true })
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [index, 'x'.repeat(60_000)]))
    expect(shape('anthropic', { messages: [user], ...many }).inDoubt).toBe(true)
    expect(shape('anthropic', { messages: [user], x: 'x'.repeat(60_000) }).inDoubt).toBe(false)
  })

  it('is in doubt where there are more fields than are kept, or one stands twice', () => {
    const many = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`x${index}`, index]))
    expect(shape('anthropic', { messages: [user], ...many }).inDoubt).toBe(true)
    const doubled = Buffer.from('{"model":"m","messages":[{"role":"user"}],"speed":1,"\\u0073peed":2}')
    expect(protocols.anthropic.view(doubled).shape).toMatchObject({ fields: { speed: 2 }, inDoubt: true })
  })

  it('leaves a field out whose text has an escape that JSON does not know', () => {
    const body = Buffer.from('{"model":"m","messages":[{"role":"user"}],"x":"\\q","__proto__":{"a":1}}')
    const { fields, inDoubt } = protocols.anthropic.view(body).shape
    expect(inDoubt).toBe(true)
    expect(Object.keys(fields)).toEqual(['model', '__proto__'])
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
  })

  it('tells the types of the tools once each, and how many tools there are', () => {
    const tools = [
      { name: 'a' },
      { type: 'web_search_20260209' },
      { name: 'b', input_schema: { type: 'object' } },
    ]
    expect(shape('anthropic', { messages: [user], tools })).toMatchObject({
      toolTypes: ['custom', 'web_search_20260209'],
      toolsCount: 3,
    })
    expect(shape('openai-chat', { messages: [user], tools: [{}] }).toolTypes).toEqual(['function'])
    expect(shape('openai-chat', { messages: [user] })).toMatchObject({ toolTypes: [], toolsCount: 0 })
  })

  it('tells at most 64 types of tools and 1,024 system messages, and is in doubt beyond', () => {
    const toolsOf = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ type: `tool_${index}` }))
    const offered = (count: number) =>
      shape('anthropic', { messages: [user], tools: [...toolsOf(count), { type: 'tool_0' }] })
    expect([offered(64).toolTypes.length, offered(64).inDoubt]).toEqual([64, false])
    expect([offered(65).toolTypes.length, offered(65).inDoubt]).toEqual([64, true])
    const told = (count: number) =>
      anthropic(user, ...Array.from({ length: count }, () => ({ role: 'system', content: 'x' })))
    expect([told(1024).systemMessages.length, told(1024).inDoubt]).toEqual([1024, false])
    expect([told(1025).systemMessages.length, told(1025).inDoubt]).toEqual([1024, true])
  })

  it('finds nothing in a plain conversation, however long', () => {
    const turns = Array.from({ length: 400 }, () => [user, { role: 'assistant', content: 'done' }]).flat()
    for (const plain of [anthropic(...turns, user), chat(...turns, user), responses(...turns, user)]) {
      expect(plain).toMatchObject({
        prefill: false,
        systemMessages: [],
        effortInMessages: false,
        turnPaused: false,
        bound: [],
        media: 0,
        inDoubt: false,
      })
    }
  })

  it('is a prefill when the assistant has the last word, whatever the system says after it', () => {
    const words = { role: 'assistant', content: 'The answer is' }
    for (const make of [anthropic, chat, responses]) {
      expect(make(user, words).prefill).toBe(true)
      expect(make(user, words, { role: 'system', content: 'x' }).prefill).toBe(true)
      expect(make(user, words, user).prefill).toBe(false)
    }
  })

  it('tells the system messages that stand within the conversation, also far back', () => {
    const system = { role: 'system', content: 'x' }
    const turns = Array.from({ length: 600 }, () => user)
    for (const make of [anthropic, chat, responses]) {
      const { systemMessages } = make(system, user, system, ...turns, { role: 'developer', content: [] })
      expect(systemMessages).toEqual([
        { index: 2, plain: true },
        { index: 603, plain: true },
      ])
    }
  })

  it('knows a system message that says more than text', () => {
    const image = { role: 'system', content: [{ type: 'text', text: 'a' }, { type: 'image' }] }
    const timed = { role: 'system', content: 'x', clear_at: 'turn_end' }
    const text = { role: 'system', content: [{ type: 'text', text: 'a', cache_control: {} }] }
    expect(anthropic(user, image, timed, text).systemMessages.map(({ plain }) => plain)).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('the shape of a request to Anthropic', () => {
  it('is paused while a tool of the vendor has not answered', () => {
    const call = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }
    const result = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }
    const text = { type: 'text', text: 'so' }
    expect(anthropic(user, assistant(text, call))).toMatchObject({ turnPaused: true, prefill: false })
    expect(anthropic(user, assistant(call, result, text)).turnPaused).toBe(false)
    expect(anthropic(user, assistant(call, result))).toMatchObject({ turnPaused: true, prefill: false })
    expect(anthropic(user, assistant(call), assistant(result, text)).turnPaused).toBe(false)
    const own = { type: 'tool_result', tool_use_id: 'toolu_1' }
    expect(anthropic(user, assistant(call), { role: 'user', content: [own] }).turnPaused).toBe(true)
    expect(anthropic(user, assistant(call), user, assistant(text), user).turnPaused).toBe(false)
  })

  it.each<[string, object, string]>([
    ['a container', { container: 'c' }, 'container'],
    ['a container with skills only', { container: { skills: [] } }, 'container'],
    ['a token for credit', { fallback_credit_token: 't' }, 'fallback-credit'],
  ])('is bound by %s', (_name, fields, bound) => {
    expect(shape('anthropic', { messages: [user], ...fields }).bound).toEqual([bound])
  })

  it.each<[string, object, readonly string[]]>([
    ['a file', { type: 'document', source: { type: 'file', file_id: 'f' } }, ['file']],
    [
      'a file in the result of a tool',
      { type: 'tool_result', content: [{ type: 'image', source: { file_id: 'f' } }] },
      ['file'],
    ],
    ['a file put into a container', { type: 'container_upload', file_id: 'f' }, ['file']],
    ['an encrypted result', { type: 'web_search_tool_result', content: [] }, ['server-tool-result']],
    [
      'a file that code wrote',
      { type: 'code_execution_tool_result', content: { content: [{ file_id: 'f' }] } },
      ['file', 'server-tool-result'],
    ],
    ['a compaction', { type: 'compaction', content: 'x' }, ['compaction']],
    ['no words that only look so', { type: 'text', text: '{"type":"compaction","file_id":"f"}' }, []],
    ['no arguments of a tool', { type: 'tool_use', input: { file_id: 'f', type: 'compaction' } }, []],
  ])('is bound by %s', (_name, block, bound) => {
    const found = anthropic({ role: 'user', content: [block] })
    expect([...found.bound].sort()).toEqual([...bound].sort())
    expect(found.inDoubt).toBe(false)
  })

  it('sees an effort in a message', () => {
    expect(
      anthropic(user, { role: 'system', content: 'x', output_config: { effort: 'low' } }).effortInMessages,
    ).toBe(true)
    expect(
      anthropic(user, { role: 'user', content: 'x', output_config: { effort: null } }).effortInMessages,
    ).toBe(false)
  })

  it('counts pictures and documents, wherever they lie', () => {
    const image = { type: 'image', source: { type: 'base64', data: 'x' } }
    const result = { type: 'tool_result', content: [image, { type: 'text', text: 'a' }, image] }
    expect(
      anthropic({ role: 'user', content: [image, result, { type: 'document', source: {} }] }).media,
    ).toBe(4)
  })

  it('is in doubt about blocks that it does not know, and parts that stand twice', () => {
    expect(anthropic({ role: 'user', content: [{ type: 'hologram' }] }).inDoubt).toBe(true)
    expect(anthropic({ role: 'user', content: [{ text: 'no type' }] }).inDoubt).toBe(true)
    const doubled = Buffer.from('{"model":"m","messages":[{"role":"user","content":[],"content":"x"}]}')
    expect(protocols.anthropic.view(doubled).shape.inDoubt).toBe(true)
  })
})

describe('the shape of a request to OpenAI', () => {
  it('is bound by what the vendor keeps', () => {
    const fields = (extra: object): RequestShape => shape('openai-responses', { input: 'x', ...extra })
    expect(fields({ previous_response_id: 'r' }).bound).toEqual(['state'])
    expect(fields({ conversation: { id: 'c' } }).bound).toEqual(['state'])
    expect(fields({ prompt: { id: 'p' } }).bound).toEqual(['state'])
    expect(fields({ previous_response_id: null, conversation: null }).bound).toEqual([])
    expect(fields({ tools: [{ type: 'file_search' }, { type: 'code_interpreter' }] }).bound).toEqual([
      'container',
      'file',
    ])
    expect(responses({ type: 'item_reference', id: 'i' }).bound).toEqual(['state'])
    expect(responses({ type: 'compaction', encrypted_content: 'x' }).bound).toEqual(['compaction'])
    expect(responses({ type: 'compaction_trigger' }).bound).toEqual(['compaction'])
    expect(responses({ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }).bound).toEqual([
      'file',
    ])
    expect(chat({ role: 'user', content: [{ type: 'file', file: { file_id: 'f' } }] }).bound).toEqual([
      'file',
    ])
    expect(chat(user, { role: 'assistant', audio: { id: 'a' } }, user).bound).toEqual(['state'])
  })

  it('is paused at an approval that the vendor’s tool waits for', () => {
    expect(responses(user, { type: 'mcp_approval_request', id: 'a' }).turnPaused).toBe(true)
    expect(responses(user, { type: 'mcp_approval_response', approve: true }).turnPaused).toBe(true)
    expect(responses(user, { type: 'function_call_output', output: 'x' }).turnPaused).toBe(false)
  })

  it('counts pictures in messages and in the results of tools', () => {
    const image = { type: 'input_image', image_url: 'data:' }
    expect(
      responses(
        { role: 'user', content: [image] },
        { type: 'function_call_output', output: [image, { type: 'input_text', text: 'x' }] },
        { type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: 'data:' } },
      ).media,
    ).toBe(3)
    expect(chat({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }).media).toBe(1)
  })

  it('sees an effort that is set on the way', () => {
    expect(
      responses({ type: 'configuration_update', reasoning: { effort: 'low' } }, user).effortInMessages,
    ).toBe(true)
  })

  it('is in doubt about items that it does not know', () => {
    expect(responses({ type: 'hologram' }).inDoubt).toBe(true)
    expect(responses({ type: 'message', role: 'user', content: 'x' }).inDoubt).toBe(false)
  })
})

describe('the estimate of a prompt’s tokens', () => {
  it('is a quarter of the bytes of the text, and a flat number for each picture', () => {
    const source = { type: 'base64', data: 'x'.repeat(1_000_000) }
    const content = [
      { type: 'image', source },
      { type: 'text', text: 'y'.repeat(8_000) },
    ]
    const { promptTokens } = view('anthropic', { messages: [{ role: 'user', content }] })
    expect(promptTokens).toBeGreaterThan(3_500)
    expect(promptTokens).toBeLessThan(3_550)
  })

  it('takes a document that is text for text', () => {
    const long = 'x'.repeat(8_000)
    for (const source of [
      { type: 'text', data: long },
      { type: 'content', content: [{ type: 'text', text: long }] },
    ]) {
      const messages = [{ role: 'user', content: [{ type: 'document', source }] }]
      const { promptTokens } = view('anthropic', { messages })
      expect(promptTokens).toBeGreaterThan(3_500)
      expect(promptTokens).toBeLessThan(3_550)
    }
  })
})
