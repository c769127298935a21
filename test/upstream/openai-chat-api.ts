/** OpenAI's Chat Completions API, as strict as the real one where a gateway could get it wrong. */
import { type Answer, type Api, inRange, type Json, listAt, must, noneOf, objectAt } from './api.ts'
import { Refused, refuse, textAt, tokensOf } from './api.ts'

const foreign = ['system', 'stop_sequences', 'top_k', 'thinking', 'output_config', 'context_management']
const roles = ['developer', 'system', 'user', 'assistant', 'tool']

const errorTypes: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['rate_limit_error', 'rate_limit_exceeded'],
  503: ['service_unavailable_error', 'server_is_overloaded'],
}

export const openaiChatApi: Api = {
  basePath: '/v1',
  endpoint: '/v1/chat/completions',
  check(headers, body, key) {
    if (key !== undefined && headers.authorization !== `Bearer ${key}`) {
      throw new Refused(401, 'Incorrect API key provided')
    }
    const request = objectAt(body, 'body')
    noneOf(request, foreign)
    textAt(request['model'], 'model')
    inRange(request['temperature'], 0, 2, 'temperature')
    checkLimits(request)
    checkTools(request)
    checkMessages(listAt(request['messages'], 'messages'))
  },
  whole: (answer, request) => ({
    ...base(request, 'chat.completion'),
    choices: [{ index: 0, message: message(answer), logprobs: null, finish_reason: finishReason(answer) }],
    usage: usage(answer),
  }),
  events(answer, request) {
    const chunk = (delta: Json, finish: string | null = null): string =>
      event({
        ...base(request, 'chat.completion.chunk'),
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      })
    const counted = request['stream_options'] !== undefined
    return [
      chunk({ role: 'assistant', content: answer.tools ? null : '', refusal: null }),
      ...tokensOf(textOf(answer)).map((content) => chunk({ content })),
      ...callDeltas(answer).map((call) => chunk({ tool_calls: [call] })),
      chunk({}, finishReason(answer)),
      ...(counted
        ? [event({ ...base(request, 'chat.completion.chunk'), choices: [], usage: usage(answer) })]
        : []),
      'data: [DONE]\n\n',
    ]
  },
  error(status, text = 'The stub says no.', type) {
    const [known, code] = errorTypes[status] ?? ['server_error', null]
    return { error: { message: text, type: type ?? known, param: null, code } }
  },
  errorEvent: (text = 'The server had an error.', type = 'server_error') =>
    event({ error: { message: text, type, param: null, code: null } }),
}

function checkLimits(request: Json): void {
  const { max_tokens: old, max_completion_tokens: limit, stop, stream_options: options } = request
  must(old === undefined || limit === undefined, 'max_tokens and max_completion_tokens exclude each other')
  for (const value of [old, limit]) {
    must(
      value === undefined || value === null || Number.isInteger(value),
      'max_completion_tokens: not an integer',
    )
  }
  must(!Array.isArray(stop) || stop.length <= 4, 'stop: array_above_max_length')
  must(options === undefined || request['stream'] === true, 'stream_options: only with stream')
}

function checkTools(request: Json): void {
  const { tools, tool_choice: choice } = request
  for (const [index, entry] of tools === undefined ? [] : listAt(tools, 'tools').entries()) {
    const tool = objectAt(entry, `tools[${index}]`)
    must(tool['type'] === 'function', `tools[${index}].type: should be 'function'`)
    const declared = objectAt(tool['function'], `tools[${index}].function`)
    const name = textAt(declared['name'], `tools[${index}].function.name`)
    must(/^[a-zA-Z0-9_-]{1,64}$/.test(name), `tools[${index}].function.name: string_above_max_length`)
  }
  if (choice === undefined) return
  if (typeof choice === 'string') must(['none', 'auto', 'required'].includes(choice), 'tool_choice: unknown')
  else must(objectAt(choice, 'tool_choice')['type'] === 'function', 'tool_choice.type: unknown')
}

function checkMessages(messages: readonly unknown[]): void {
  must(messages.length > 0, 'messages: should not be empty')
  const open = new Set<string>()
  for (const [index, entry] of messages.entries()) {
    const path = `messages[${index}]`
    const said = objectAt(entry, path)
    const role = textAt(said['role'], `${path}.role`)
    must(roles.includes(role), `${path}.role: unknown role ${role}`)
    if (role === 'tool') {
      const id = textAt(said['tool_call_id'], `${path}.tool_call_id`)
      must(open.delete(id), `${path}: role 'tool' must follow the message with its 'tool_calls'`)
    } else {
      must(
        open.size === 0,
        `${path}: an assistant message with 'tool_calls' must be followed by tool messages`,
      )
    }
    checkContent(said, role, path)
    for (const call of said['tool_calls'] === undefined ? [] : listAt(said['tool_calls'], path)) {
      open.add(checkCall(objectAt(call, path), path))
    }
  }
  must(open.size === 0, 'messages: tool calls without tool messages')
}

function checkContent(said: Json, role: string, path: string): void {
  const { content } = said
  if (typeof content === 'string') return
  if (content === null || content === undefined) {
    must(
      role === 'assistant' && said['tool_calls'] !== undefined,
      `${path}.content: expected a string or a list`,
    )
    return
  }
  for (const part of listAt(content, `${path}.content`)) {
    const type = textAt(objectAt(part, path)['type'], `${path}.content.type`)
    if (type === 'text') continue
    must(role === 'user', `${path}.content: only text parts for role ${role}`)
    if (type === 'image_url')
      textAt(objectAt(objectAt(part, path)['image_url'], path)['url'], `${path}.image_url.url`)
    else if (type !== 'input_audio' && type !== 'file') refuse(`${path}.content: unknown type ${type}`)
  }
}

function checkCall(call: Json, path: string): string {
  must(call['type'] === 'function', `${path}.tool_calls: unknown type`)
  const called = objectAt(call['function'], `${path}.tool_calls.function`)
  textAt(called['name'], `${path}.tool_calls.function.name`)
  must(typeof called['arguments'] === 'string', `${path}.tool_calls.function.arguments: should be a string`)
  return textAt(call['id'], `${path}.tool_calls.id`)
}

function base(request: Json, object: string): Json {
  return {
    id: 'chatcmpl-stub',
    object,
    created: 1_790_000_000,
    model: request['model'],
    system_fingerprint: null,
  }
}

function textOf(answer: Answer): string {
  return answer.text ?? (answer.tools ? '' : 'Hello from the stub.')
}

function calls(
  answer: Answer,
): readonly { readonly id: string; readonly name: string; readonly input: string }[] {
  return (answer.tools ?? []).map((tool, index) => ({
    id: tool.id ?? `call_stub${index}`,
    name: tool.name,
    input: JSON.stringify(tool.input),
  }))
}

function message(answer: Answer): Json {
  const made = calls(answer).map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: input },
  }))
  const text = textOf(answer)
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    refusal: null,
    ...(made.length > 0 ? { tool_calls: made } : {}),
  }
}

function callDeltas(answer: Answer): readonly Json[] {
  return calls(answer).flatMap(({ id, name, input }, index) => [
    { index, id, type: 'function', function: { name, arguments: '' } },
    ...tokensOf(input).map((piece) => ({ index, function: { arguments: piece } })),
  ])
}

function finishReason(answer: Answer): string {
  return answer.stopReason ?? (answer.tools ? 'tool_calls' : 'stop')
}

function usage(answer: Answer): Json {
  const { input = 12, output = 6, cacheRead = 0 } = answer.usage ?? {}
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cacheRead },
  }
}

function event(data: Json): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
