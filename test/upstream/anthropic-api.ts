/** Anthropic's Messages API, as strict as the real one where a gateway could get it wrong. */
import type { IncomingHttpHeaders } from 'node:http'
import {
  type Answer,
  type Api,
  inRange,
  idOf,
  isObject,
  type Json,
  listAt,
  must,
  noneOf,
  objectAt,
} from './api.ts'
import { Refused, refuse, textAt, tokensOf } from './api.ts'
import { claudeList, claudeModel } from './claude-models.ts'
import { checkForModel } from './claude-rules.ts'
import { sealed } from './thinking-seal.ts'

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const foreign = [
  'max_completion_tokens',
  'stop',
  'n',
  'response_format',
  'stream_options',
  'reasoning_effort',
]

export const anthropicApi: Api = {
  basePath: '',
  endpoint: '/v1/messages',
  count: { endpoint: '/v1/messages/count_tokens', reply: { input_tokens: 42 } },
  models: claudeList,
  check(headers, body, key) {
    checkKey(headers, key)
    must(headers['anthropic-version'] !== undefined, 'anthropic-version: header is required')
    const request = objectAt(body, 'body')
    noneOf(request, foreign)
    textAt(request['model'], 'model')
    must(
      Number.isInteger(request['max_tokens']) && Number(request['max_tokens']) > 0,
      'max_tokens: Field required',
    )
    must(
      request['stream'] === undefined || typeof request['stream'] === 'boolean',
      'stream: should be a boolean',
    )
    inRange(request['temperature'], 0, 1, 'temperature')
    checkSystem(request['system'])
    checkTools(request)
    checkMessages(listAt(request['messages'], 'messages'))
    return checkForModel(headers, request)
  },
  whole: (answer, request) => ({
    ...base(request),
    content: blocks(answer, request),
    stop_reason: stopReason(answer),
    stop_sequence: null,
    usage: usage(answer),
  }),
  events(answer, request) {
    const start = { ...base(request), content: [], stop_reason: null, stop_sequence: null }
    return [
      event({ type: 'message_start', message: { ...start, usage: { ...usage(answer), output_tokens: 1 } } }),
      event({ type: 'ping' }),
      ...blocks(answer, request).flatMap((block, index) => blockEvents(block, index)),
      event({
        type: 'message_delta',
        delta: { stop_reason: stopReason(answer), stop_sequence: null },
        usage: usage(answer),
      }),
      event({ type: 'message_stop' }),
    ]
  },
  error: (status, message = 'The stub says no.', type = errorTypes[status] ?? 'api_error') => ({
    type: 'error',
    error: { type, message },
    request_id: 'req_stub',
  }),
  errorEvent: (message = 'Overloaded', type = 'overloaded_error') =>
    event({ type: 'error', error: { type, message } }),
}

function checkKey(headers: IncomingHttpHeaders, key: string | undefined): void {
  if (key === undefined) return
  const sent = headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /i, '')
  if (sent !== key) throw new Refused(401, 'invalid x-api-key')
}

function checkSystem(system: unknown): void {
  if (system === undefined || typeof system === 'string') return
  for (const block of listAt(system, 'system')) textAt(objectAt(block, 'system.0')['text'], 'system.0.text')
}

function checkTools(request: Json): void {
  const { tools, tool_choice: choice } = request
  for (const [index, entry] of tools === undefined ? [] : listAt(tools, 'tools').entries()) {
    const tool = objectAt(entry, `tools.${index}`)
    const name = textAt(tool['name'], `tools.${index}.name`)
    must(/^[a-zA-Z0-9_-]{1,128}$/.test(name), `tools.${index}.name: has a wrong form`)
    const custom = tool['type'] === undefined || tool['type'] === 'custom'
    const schema = custom ? objectAt(tool['input_schema'], `tools.${index}.input_schema`) : { type: 'object' }
    must(schema['type'] === 'object', `tools.${index}.input_schema.type: should be 'object'`)
  }
  if (choice === undefined) return
  const type = objectAt(choice, 'tool_choice')['type']
  must(['auto', 'any', 'tool', 'none'].includes(String(type)), 'tool_choice: unknown type')
  if (type === 'tool') textAt(objectAt(choice, 'tool_choice')['name'], 'tool_choice.name')
}

function checkMessages(messages: readonly unknown[]): void {
  must(messages.length > 0, 'messages: at least one message is required')
  let open: ReadonlySet<string> = new Set()
  for (const [index, entry] of messages.entries()) {
    const path = `messages.${index}`
    const message = objectAt(entry, path)
    const role = message['role']
    must(role === 'user' || role === 'assistant' || role === 'system', `${path}.role: unknown role`)
    must(
      index > 0 || role === 'user',
      `${path}: use the top-level 'system' parameter for the initial system prompt`,
    )
    const { uses, results } = readContent(message['content'], role, path)
    for (const id of results)
      must(
        open.has(id),
        `${path}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    for (const id of open) must(results.has(id), unanswered(index - 1, id))
    open = uses
  }
  for (const id of open) refuse(unanswered(messages.length - 1, id))
}

function unanswered(index: number, id: string): string {
  return (
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}. ` +
    'Each `tool_use` block must have a corresponding `tool_result` block in the next message.'
  )
}

interface Ids {
  readonly uses: ReadonlySet<string>
  readonly results: ReadonlySet<string>
}

function readContent(content: unknown, role: string, path: string): Ids {
  const uses = new Set<string>()
  const results = new Set<string>()
  if (typeof content === 'string') {
    textAt(content, `${path}.content`)
    return { uses, results }
  }
  const parts = listAt(content, `${path}.content`)
  must(parts.length > 0, `${path}.content: should not be empty`)
  for (const [index, part] of parts.entries()) {
    const block = objectAt(part, `${path}.content.${index}`)
    const type = textAt(block['type'], `${path}.content.${index}.type`)
    if (type === 'text') textAt(block['text'], `${path}: text content blocks must be non-empty`)
    if (type === 'image') objectAt(block['source'], `${path}.content.${index}.source`)
    if (type === 'image_url' || type === 'input_text')
      refuse(`${path}.content.${index}: unknown type ${type}`)
    if (type === 'tool_use') {
      must(
        role === 'assistant' && isObject(block['input']),
        `${path}.content.${index}: tool_use has no input object`,
      )
      textAt(block['name'], `${path}.content.${index}.name`)
      const id = textAt(block['id'], `${path}.content.${index}.id`)
      must(
        /^[a-zA-Z0-9_-]+$/.test(id),
        `${path}.content.${index}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`,
      )
      uses.add(id)
    }
    if (type === 'tool_result') {
      must(role === 'user', `${path}: tool_result blocks can only be in user messages`)
      // Results that come after other content are not seen as the answer to the calls.
      if (results.size < index) continue
      results.add(textAt(block['tool_use_id'], `${path}.content.${index}.tool_use_id`))
    }
  }
  return { uses, results }
}

function base(request: Json): Json {
  return { id: `msg_${idOf(request)}`, type: 'message', role: 'assistant', model: request['model'] }
}

function blocks(answer: Answer, request: Json): readonly Json[] {
  const text = answer.text ?? (answer.tools ? '' : 'Hello from the stub.')
  const calls = (answer.tools ?? []).map((tool, index) => ({
    type: 'tool_use',
    id: tool.id ?? `toolu_${idOf(request)}_${index}`,
    name: tool.name,
    input: tool.input,
  }))
  return [...thought(answer, request), ...(text === '' ? [] : [{ type: 'text', text }]), ...calls]
}

/** Newer models show only the signature unless they are asked for more. */
function thought({ thinking }: Answer, request: Json): readonly Json[] {
  if (thinking === undefined) return []
  const asked = isObject(request['thinking']) ? request['thinking']['display'] : undefined
  const display = asked ?? claudeModel(String(request['model']))?.display
  return [sealed(display === 'omitted' ? '' : thinking, request)]
}

function blockEvents(block: Json, index: number): readonly string[] {
  const { start, deltas } = partsOf(block)
  return [
    event({ type: 'content_block_start', index, content_block: start }),
    ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
    event({ type: 'content_block_stop', index }),
  ]
}

function partsOf(block: Json): { readonly start: Json; readonly deltas: readonly Json[] } {
  if (block['type'] === 'tool_use') {
    const pieces = tokensOf(JSON.stringify(block['input']))
    const deltas = pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }))
    return { start: { ...block, input: {} }, deltas }
  }
  if (block['type'] === 'thinking') {
    const pieces = tokensOf(String(block['thinking'])).map((thinking) => ({
      type: 'thinking_delta',
      thinking,
    }))
    const signature = { type: 'signature_delta', signature: block['signature'] }
    return { start: { ...block, thinking: '', signature: '' }, deltas: [...pieces, signature] }
  }
  const deltas = tokensOf(String(block['text'])).map((text) => ({ type: 'text_delta', text }))
  return { start: { type: 'text', text: '' }, deltas }
}

function stopReason(answer: Answer): string {
  return answer.stopReason ?? (answer.tools ? 'tool_use' : 'end_turn')
}

function usage(answer: Answer): Json {
  const { input = 12, output = 6, cacheRead = 0 } = answer.usage ?? {}
  return {
    input_tokens: input,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cacheRead,
    output_tokens: output,
  }
}

function event(data: Json): string {
  return `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`
}
