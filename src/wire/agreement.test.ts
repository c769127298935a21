import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { type Random, seededRandom } from '../core/random.ts'
import { type Wire, wires } from '../core/wire.ts'
import { protocols } from './catalog.ts'
import type { RequestView } from './protocol.ts'
import type { RequestShape } from './request-shape.ts'
import type { Edit } from './splice.ts'

/**
 * What a view tells from the bytes, and what a full parse tells, are the same on 100,000 bodies, half of them damaged;
 * or the view refuses the body, or says that it is in doubt. The reader here is the plainest that says it.
 */

const bodiesPerWire = 33_334

describe.each(wires)('view and full parse agree, %s', (wire) => {
  it(`on ${bodiesPerWire.toLocaleString('en')} bodies`, { timeout: 60_000 }, () => {
    const random = seededRandom(wires.indexOf(wire) + 1)
    const seen = { refused: 0, unparsable: 0, inDoubt: 0, whole: 0 }
    for (let count = 0; count < bodiesPerWire; count++) {
      const isDamaged = count % 2 === 1
      const written = JSON.stringify(
        generate(wire, random),
        null,
        pick(random, [undefined, undefined, 1, '\t']),
      )
      const body = isDamaged ? damage(random, written) : escapeSome(random, written)
      const verdict = compare(wire, body, isDamaged, random)
      seen[verdict]++
      if (!isDamaged && (verdict === 'refused' || verdict === 'unparsable'))
        throw new Error(`${verdict}: ${body}`)
    }
    // The damage must not be such that nothing is left to compare.
    expect(seen.whole).toBeGreaterThan(bodiesPerWire / 3)
    expect(seen.refused).toBeGreaterThan(bodiesPerWire / 1_000)
    expect(seen.unparsable).toBeGreaterThan(bodiesPerWire / 200)
  })
})

function compare(
  wire: Wire,
  body: string,
  isDamaged: boolean,
  random: Random,
): 'refused' | 'unparsable' | 'inDoubt' | 'whole' {
  const bytes = Buffer.from(body)
  const view = viewOf(wire, bytes)
  const parsed = parse(bytes.toString())
  if (parsed === undefined) {
    // Inside strings a view does not look; the rest of it must be JSON.
    const structure = bytes.toString().replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""')
    if (view && parse(structure) === undefined) throw new Error(`taken, and no JSON: ${body}`)
    return 'unparsable'
  }
  if (!view) return 'refused'
  agree(body, factsOf(view), plainFacts(wire, parsed))
  const edit = someEdit(random)
  const edited = Buffer.concat(view.edited([edit])).toString()
  agree(body, parse(edited), changeParsed(parsed, edit.path, edit.value))
  const { inDoubt, ...shape } = shapeOf(view.shape)
  if (!isDamaged) agree(body, inDoubt, plainDoubt(wire, parsed))
  if (inDoubt) return 'inDoubt'
  agree(body, shape, plainShape(wire, parsed))
  return 'whole'
}

function agree(body: string, ours: unknown, plain: unknown): void {
  if (!isDeepStrictEqual(ours, plain)) expect(ours, body).toEqual(plain)
}

function viewOf(wire: Wire, body: Buffer): RequestView | undefined {
  try {
    return protocols[wire].view(body)
  } catch (error) {
    if (SignalboxError.is(error)) return undefined
    throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function factsOf(view: RequestView): object {
  const { model, stream, texts, tools, toolLoopOpen, effort, maxTokens, session } = view
  return { model, stream, texts, tools, toolLoopOpen, effort, maxTokens, session }
}

function shapeOf(shape: RequestShape): Record<string, unknown> & { inDoubt: boolean } {
  const { fields, toolsCount, prefill, systemMessages, effortInMessages, turnPaused, media, inDoubt } = shape
  const [toolTypes, bound] = [new Set(shape.toolTypes), new Set(shape.bound)]
  const told = { fields, toolsCount, prefill, systemMessages, effortInMessages, turnPaused, media }
  return { ...told, toolTypes, bound, inDoubt }
}

// The plain reader.

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const objectsOf = (value: unknown): unknown[] => listOf(value).filter(isObject)
const own = (value: unknown, key: string): unknown =>
  isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
const isText = (value: unknown): value is string => typeof value === 'string'
const typeOf = (block: unknown): string => String(own(block, 'type'))
const given = (value: unknown): boolean => value !== undefined && value !== null

/** The conversation as a list of messages, whatever form it has. */
function messagesOf(wire: Wire, body: unknown): unknown[] {
  if (wire !== 'openai-responses') return listOf(own(body, 'messages'))
  const input = own(body, 'input')
  return isText(input) ? [{ role: 'user', content: input }] : listOf(input)
}

const textTypes: Readonly<Record<Wire, readonly string[]>> = {
  anthropic: ['text'],
  'openai-chat': ['text'],
  'openai-responses': ['input_text', 'text'],
}

function plainFacts(wire: Wire, body: unknown): object {
  const messages = messagesOf(wire, body)
  const texts = messages
    .filter((message) => own(message, 'role') === 'user')
    .map((message) => plainText(wire, own(message, 'content')))
    .filter((text) => text !== '')
    .reverse()
    .slice(0, 3)
  const max = {
    anthropic: [own(body, 'max_tokens')],
    'openai-chat': [own(body, 'max_completion_tokens'), own(body, 'max_tokens')],
    'openai-responses': [own(body, 'max_output_tokens')],
  }
  const effort = {
    anthropic: own(own(body, 'output_config'), 'effort'),
    'openai-chat': own(body, 'reasoning_effort'),
    'openai-responses': own(own(body, 'reasoning'), 'effort'),
  }
  const key = own(body, 'prompt_cache_key')
  const offered = [own(body, 'tools'), ...(wire === 'openai-chat' ? [own(body, 'functions')] : [])]
  return {
    model: own(body, 'model'),
    stream: own(body, 'stream') ?? false,
    texts,
    tools: offered.some((list) => listOf(list).length > 0),
    toolLoopOpen: isLoopOpen(wire, messages),
    effort: isText(effort[wire]) ? effort[wire] : undefined,
    maxTokens: max[wire].find(
      (count) => Number.isSafeInteger(count) && Number(count) >= 0 && !Object.is(count, -0),
    ),
    session: wire !== 'anthropic' && isText(key) && key !== '' ? key : undefined,
  }
}

function plainText(wire: Wire, content: unknown): string {
  const blocks = isText(content) ? [{ type: 'text', text: content }] : objectsOf(content)
  return blocks
    .filter((block) => textTypes[wire].includes(typeOf(block)) && isText(own(block, 'text')))
    .map((block) => String(own(block, 'text')))
    .filter((text) => text.trim() !== '')
    .join('\n')
}

const isSystem = (message: unknown): boolean => ['system', 'developer'].includes(String(own(message, 'role')))

function isLoopOpen(wire: Wire, messages: readonly unknown[]): boolean {
  const last = messages.findLast((message) => !isSystem(message))
  const [role, type] = [own(last, 'role') ?? '', own(last, 'type')]
  if (wire === 'openai-chat') return role === 'tool' || role === 'function'
  if (wire === 'anthropic') {
    return (
      role === 'user' && objectsOf(own(last, 'content')).some((block) => own(block, 'type') === 'tool_result')
    )
  }
  return role === '' && isText(type) && (type.endsWith('_output') || type === 'mcp_approval_response')
}

const longKeys = ['messages', 'input', 'system', 'instructions', 'tools', 'functions']
const mediaTypes: Readonly<Record<Wire, readonly string[]>> = {
  anthropic: ['image', 'document'],
  'openai-chat': ['image_url', 'file'],
  'openai-responses': ['input_image', 'input_file', 'computer_screenshot', 'image_generation_call'],
}

function plainShape(wire: Wire, body: unknown): object {
  const messages = messagesOf(wire, body)
  const others = messages.map((message) => !isSystem(message))
  const said = messages.filter((_, index) => others[index])
  const parts = messages.flatMap((message) => [...inside(message)])
  const turnPaused = isPaused(wire, said)
  const types = objectsOf(own(body, 'tools')).map((tool) => {
    const type = own(tool, 'type')
    return isText(type) ? type : wire === 'anthropic' ? 'custom' : 'function'
  })
  return {
    fields: Object.fromEntries(Object.entries(body as object).filter(([key]) => !longKeys.includes(key))),
    toolsCount: types.length,
    prefill: own(said.at(-1), 'role') === 'assistant' && !turnPaused,
    systemMessages: messages
      .map((message, index) => ({ index, plain: isPlain(wire, message) }))
      .filter(({ index }) => !others[index] && others.slice(0, index).includes(true)),
    effortInMessages: messages.some(
      (message) =>
        given(own(own(message, 'output_config'), 'effort')) ||
        (wire === 'openai-responses' && own(message, 'type') === 'configuration_update'),
    ),
    turnPaused,
    media: parts.filter(({ block, isPart }) => !isPart && mediaTypes[wire].includes(typeOf(block))).length,
    toolTypes: new Set(types),
    bound: new Set(boundOf(wire, body, messages, parts, types)),
  }
}

interface Part {
  readonly block: unknown
  /** A source or a file of a block, not a block itself. */
  readonly isPart: boolean
}

function* inside(message: unknown): Generator<Part> {
  yield { block: { type: own(message, 'type') }, isPart: false }
  for (const block of objectsOf(own(message, 'content'))) yield* insideBlock(block, false)
  yield* insideAny(own(message, 'output'))
}

function* insideAny(value: unknown): Generator<Part> {
  for (const block of isObject(value) ? [value] : objectsOf(value)) yield* insideBlock(block, false)
}

function* insideBlock(block: unknown, isPart: boolean): Generator<Part> {
  yield { block, isPart }
  for (const key of ['source', 'file']) {
    if (isObject(own(block, key))) yield* insideBlock(own(block, key), true)
  }
  for (const key of ['content', 'output']) yield* insideAny(own(block, key))
}

const callTypes: Readonly<Record<Wire, readonly string[]>> = {
  anthropic: ['server_tool_use', 'mcp_tool_use'],
  'openai-chat': [],
  'openai-responses': ['mcp_approval_request'],
}

function isAnswer(wire: Wire, block: unknown): boolean {
  const type = own(block, 'type')
  if (wire === 'openai-responses') return type === 'mcp_approval_response'
  return wire === 'anthropic' && isText(type) && type.endsWith('_tool_result')
}

function isPaused(wire: Wire, said: readonly unknown[]): boolean {
  const isCall = (block: unknown): boolean => callTypes[wire].includes(typeOf(block))
  let open = new Set<unknown>()
  for (const [index, message] of said.entries()) {
    if (own(message, 'role') !== 'assistant') continue
    if (own(said[index - 1], 'role') !== 'assistant') open = new Set()
    const blocks = objectsOf(own(message, 'content'))
    for (const block of blocks) if (isCall(block)) open.add(idOf(block, 'id'))
    for (const block of blocks) if (isAnswer(wire, block)) open.delete(idOf(block, 'tool_use_id'))
  }
  const last = said.at(-1)
  const end = own(last, 'role') === undefined ? last : objectsOf(own(last, 'content')).at(-1)
  return open.size > 0 || isCall(end) || isAnswer(wire, end)
}

const idOf = (block: unknown, key: string): string => (isText(own(block, key)) ? String(own(block, key)) : '')

function isPlain(wire: Wire, message: unknown): boolean {
  const content = own(message, 'content')
  const isOnlySaid = Object.keys(message as object).every((key) =>
    ['role', 'type', 'name', 'content'].includes(key),
  )
  const isAllText = listOf(content).every((block) => textTypes[wire].includes(typeOf(block)))
  return isOnlySaid && (content === undefined || isText(content) || (Array.isArray(content) && isAllText))
}

const boundTypes: Readonly<Record<Wire, Readonly<Record<string, string>>>> = {
  anthropic: { container_upload: 'file', compaction: 'compaction' },
  'openai-chat': {},
  'openai-responses': {
    compaction: 'compaction',
    compaction_trigger: 'compaction',
    item_reference: 'state',
    file_search_call: 'file',
    code_interpreter_call: 'container',
  },
}

function* boundOf(
  wire: Wire,
  body: unknown,
  messages: unknown[],
  parts: Part[],
  types: string[],
): Generator<string> {
  for (const { block, isPart } of parts) {
    const type = own(block, 'type')
    if (given(own(block, 'file_id'))) yield 'file'
    if (isPart || !isText(type)) continue
    const bound = boundTypes[wire][type]
    if (bound !== undefined) yield bound
    if (isAnswer(wire, block) && wire === 'anthropic' && type !== 'mcp_tool_result')
      yield 'server-tool-result'
  }
  if (messages.some((message) => given(own(own(message, 'audio'), 'id')))) yield 'state'
  if (wire === 'anthropic' && given(own(body, 'container'))) yield 'container'
  if (wire === 'anthropic' && given(own(body, 'fallback_credit_token'))) yield 'fallback-credit'
  if (wire !== 'openai-responses') return
  if (['previous_response_id', 'conversation', 'prompt'].some((key) => given(own(body, key)))) yield 'state'
  if (types.includes('code_interpreter')) yield 'container'
  if (types.includes('file_search')) yield 'file'
}

/** In undamaged bodies, blocks that nobody knows are made here, and named so. */
function plainDoubt(wire: Wire, body: unknown): boolean {
  return messagesOf(wire, body)
    .flatMap((message) => [message, ...objectsOf(own(message, 'content'))])
    .some((block) => own(block, 'type') === 'novelty')
}

function changeParsed(value: unknown, path: Edit['path'], to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return to
  if (typeof key === 'number') {
    if (to === undefined && !Array.isArray(value)) return value
    const list = listOf(value)
    const next = changeParsed(list[key], rest, to)
    return [...list.slice(0, key), ...(next === undefined ? [] : [next]), ...list.slice(key + 1)]
  }
  if (to === undefined && !isObject(value)) return value
  const { [key]: before, ...others } = isObject(value) ? value : {}
  const next = changeParsed(before, rest, to)
  return next === undefined ? others : { ...others, [key]: next }
}

// The bodies.

const pick = <T>(random: Random, all: readonly T[]): T => all[random.uint32() % all.length] as T
const chance = (random: Random, share: number): boolean => random.next() < share
const some = <T>(random: Random, most: number, make: () => T): T[] =>
  Array.from({ length: random.uint32() % (most + 1) }, make)
/** Some of the fields. */
const partOf = (random: Random, share: number, fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(() => chance(random, share)))

const words = [
  '',
  ' ',
  'a',
  'fix it',
  'é😀',
  '"type":"image"',
  '\\',
  '\\"',
  '{"role":"user"}',
  '\u0000\n',
  '\ud800',
  'x'.repeat(90),
  `${'y'.repeat(30)}"\\${'z'.repeat(30)}\\`,
]
const scalars = [0, 7, -1, 1.5, null, true, 'x', '']

function generate(wire: Wire, random: Random): object {
  const list = wire === 'openai-responses' ? 'input' : 'messages'
  const messages = [messageOf(wire, random), ...some(random, 5, () => messageOf(wire, random))]
  const isText = wire === 'openai-responses' && chance(random, 0.1)
  const entries = Object.entries({
    ...partOf(random, 0.4, fieldsOf[wire](random)),
    model: pick(random, ['m', 'a"b', 'é']),
    [list]: isText ? pick(random, words) : messages,
  })
  const order = entries.map((entry) => ({ entry, at: random.uint32() })).sort((a, b) => a.at - b.at)
  return Object.fromEntries(order.map(({ entry }) => entry))
}

const common = (random: Random): object => ({
  stream: pick(random, [true, false, null]),
  tools: some(random, 2, () => tool(random)),
  metadata: { user_id: 'somebody', n: pick(random, scalars) },
  x: { y: [pick(random, scalars), { role: 'user' }], type: 'image' },
})

const fieldsOf: Readonly<Record<Wire, (random: Random) => object>> = {
  anthropic: (random) => ({
    ...common(random),
    max_tokens: pick(random, scalars),
    system: pick<unknown>(random, ['be short', [{ type: 'text', text: 'be short' }]]),
    output_config: pick<unknown>(random, [{ effort: 'low' }, { effort: 7 }, {}, null, 'x']),
    thinking: { type: 'adaptive', display: 'summarized' },
    container: pick<unknown>(random, ['c1', { id: 'c1' }, null]),
    fallback_credit_token: pick(random, ['t', null]),
  }),
  'openai-chat': (random) => ({
    ...common(random),
    max_tokens: pick(random, scalars),
    max_completion_tokens: pick(random, scalars),
    reasoning_effort: pick(random, ['low', null, 3]),
    prompt_cache_key: pick(random, ['key', '', null]),
    functions: [{ name: 'f' }],
  }),
  'openai-responses': (random) => ({
    ...common(random),
    max_output_tokens: pick(random, scalars),
    reasoning: pick<unknown>(random, [{ effort: 'low' }, { summary: 'auto' }, null]),
    prompt_cache_key: pick(random, ['key', '', null]),
    instructions: 'be short',
    previous_response_id: pick(random, ['r', null]),
    conversation: pick<unknown>(random, ['c', { id: 'c' }, null]),
    prompt: pick<unknown>(random, [{ id: 'p' }, null]),
  }),
}

const tool = (random: Random): object => ({
  ...partOf(random, 0.5, {
    type: pick(random, ['function', 'custom', 'file_search', 'code_interpreter', 7, null]),
  }),
  name: 't',
  parameters: { type: 'object', properties: { type: { type: 'string' } } },
})

const roles = ['user', 'user', 'assistant', 'assistant', 'system', 'developer', 'tool', 'critic']

function messageOf(wire: Wire, random: Random): object {
  if (wire === 'openai-responses' && chance(random, 0.5)) return item(random)
  const blocks = some(random, 3, () => blockOf(wire, random, 0))
  return {
    role: pick(random, roles),
    ...partOf(random, 0.9, {
      content: pick<unknown>(random, [pick(random, words), pick(random, words), blocks, null]),
    }),
    ...(wire === 'openai-responses' ? partOf(random, 0.5, { type: 'message' }) : {}),
    ...partOf(random, 0.05, {
      output_config: pick<unknown>(random, [{ effort: 'low' }, {}, null]),
      audio: pick<unknown>(random, [{ id: 'a' }, null]),
      name: 'n',
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    }),
  }
}

const itemTypes = [
  'reasoning',
  'function_call',
  'function_call_output',
  'custom_tool_call_output',
  'computer_call_output',
  'web_search_call',
  'code_interpreter_call',
  'item_reference',
  'compaction',
  'configuration_update',
  'mcp_approval_request',
  'mcp_approval_response',
  'image_generation_call',
  'novelty',
]

function item(random: Random): object {
  const inner = (): object => blockOf('openai-responses', random, 1)
  const output = pick<unknown>(random, ['out', some(random, 2, inner), inner()])
  return {
    type: pick(random, itemTypes),
    id: 'i',
    ...partOf(random, 0.3, { output, arguments: '{"type":"image"}' }),
  }
}

const blockTypes: Readonly<Record<Wire, readonly string[]>> = {
  anthropic: [
    'text',
    'text',
    'text',
    'tool_use',
    'tool_result',
    'thinking',
    'image',
    'document',
    'server_tool_use',
    'web_search_tool_result',
    'mcp_tool_use',
    'mcp_tool_result',
    'container_upload',
    'compaction',
    'novelty',
  ],
  'openai-chat': ['text', 'text', 'text', 'refusal', 'image_url', 'file', 'input_audio', 'novelty'],
  'openai-responses': [
    'input_text',
    'input_text',
    'text',
    'output_text',
    'input_image',
    'input_file',
    'novelty',
  ],
}

function blockOf(wire: Wire, random: Random, depth: number): object {
  const type = pick(random, blockTypes[wire])
  const whole: Record<string, unknown> = chance(random, 0.5) ? { type } : {}
  const inner = (): object[] => (depth > 2 ? [] : some(random, 2, () => blockOf(wire, random, depth + 1)))
  if (chance(random, type.includes('text') ? 0.9 : 0.1)) whole['text'] = pick<unknown>(random, [...words, 7])
  if (chance(random, 0.3)) whole['id'] = pick(random, ['1', '2'])
  if (chance(random, 0.3)) whole['tool_use_id'] = pick(random, ['1', '2'])
  if (chance(random, 0.2)) whole['content'] = chance(random, 0.5) ? inner() : pick(random, ['text', null])
  if (chance(random, 0.2)) whole['input'] = { type: 'image', file_id: 'no', content: [{ type: 'document' }] }
  if (chance(random, 0.05)) whole['source'] = pick<unknown>(random, [{ type: 'file', file_id: 'f' }, 'x'])
  if (chance(random, 0.05)) whole['source'] = { type: 'content', content: inner() }
  if (chance(random, 0.05)) whole['file'] = { file_id: pick(random, ['f', null]) }
  if (chance(random, 0.05)) whole['file_id'] = pick(random, ['f', null])
  return { ...whole, type }
}

const paths: readonly Edit['path'][] = [
  ['model'],
  ['x'],
  ['new'],
  ['metadata'],
  ['output_config', 'effort'],
  ['reasoning', 'effort'],
  ['thinking', 'display'],
  ['messages', 1],
  ['messages', 0, 'role'],
  ['messages', 2, 'content', 0, 'text'],
  ['input', 0, 'content'],
  ['tools', 0, 'name'],
  ['x', 'y', 1],
  ['a', 'b'],
]
const someEdit = (random: Random): Edit => ({
  path: pick(random, paths),
  value: pick<unknown>(random, [undefined, undefined, 'new', { n: [1] }, null]),
})

const escapable = [
  'role',
  'type',
  'text',
  'content',
  'user',
  'image',
  'model',
  'tools',
  'effort',
  'file_id',
  'x',
]

/** The same body, with a letter of some word written as an escape. */
function escapeSome(random: Random, body: string): string {
  if (chance(random, 0.7)) return body
  const word = pick(random, escapable)
  const at = random.uint32() % word.length
  const escape = `\\u00${word.charCodeAt(at).toString(16)}`
  return body.replaceAll(`"${word}"`, `"${word.slice(0, at)}${escape}${word.slice(at + 1)}"`)
}

const pieces = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '0',
  '-',
  '1',
  '7',
  't',
  'r',
  'u',
  'e',
  'n',
  'l',
  ' ',
  '\n',
  '":',
  '"}',
  '},{',
  '"model":"x",',
  '"role":"assistant",',
  '"content":[],',
  '"content":[{"type":"image"}],',
  '"type":"text",',
  '"x":1,',
]

function damage(random: Random, body: string): string {
  let damaged = body
  for (let times = 1 + (random.uint32() % 2); times > 0; times--) {
    const anywhere = random.uint32() % (damaged.length + 1)
    // Before a first member is where doubles of keys come from.
    const at = chance(random, 0.5) ? anywhere : damaged.indexOf('{', anywhere) + 1
    const put = chance(random, 0.3) ? '' : pick(random, pieces)
    const cut = chance(random, 0.5) ? 0 : random.uint32() % 4
    damaged = damaged.slice(0, at) + put + damaged.slice(at + cut)
  }
  return damaged
}
