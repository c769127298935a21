/** OpenAI's Chat Completions API, as strict as the real one where a gateway could get it wrong. */
import {
  type Answer,
  type Api,
  type Fault,
  inRange,
  type Json,
  listAt,
  must,
  noneOf,
  objectAt,
} from './api.ts'
import { idOf, isObject, Refused, refuse, textAt, tokensOf } from './api.ts'
import { type GptModel, gptList, gptModel } from './gpt-models.ts'
import {
  checkEffort,
  checkFormat,
  checkName,
  checkSamplers,
  checkStrict,
  checkUser,
  unsupported,
} from './openai-rules.ts'

const foreign = ['system', 'stop_sequences', 'top_k', 'thinking', 'output_config', 'context_management']
const roles = ['developer', 'system', 'user', 'assistant', 'tool']

/** As both of OpenAI's APIs answer. */
export function openaiError(
  status: number,
  message = 'The stub says no.',
  type?: string,
  { param, code }: Fault = {},
): Json {
  const [known, usual] = errorTypes[status] ?? ['server_error', null]
  return { error: { message, type: type ?? known, param: param ?? null, code: code ?? usual } }
}

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
  models: gptList,
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
    checkUser(request)
    checkMessages(listAt(request['messages'], 'messages'))
    checkResponseFormat(request)
    const model = gptModel(request['model'])
    if (model) checkForModel(request, model)
    return []
  },
  whole: (answer, request) => ({
    ...base(request, 'chat.completion'),
    choices: [
      { index: 0, message: message(answer, request), logprobs: null, finish_reason: finishReason(answer) },
    ],
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
      ...callDeltas(answer, request).map((call) => chunk({ tool_calls: [call] })),
      chunk({}, finishReason(answer)),
      ...(counted
        ? [event({ ...base(request, 'chat.completion.chunk'), choices: [], usage: usage(answer) })]
        : []),
      'data: [DONE]\n\n',
    ]
  },
  error: openaiError,
  errorEvent: (text = 'The server had an error.', type = 'server_error') =>
    event({ error: { message: text, type, param: null, code: null } }),
}

function checkForModel(request: Json, model: GptModel): void {
  unsupported(request, ['max_tokens'], " Use 'max_completion_tokens' instead.")
  const limit = Number(request['max_completion_tokens'] ?? 0)
  must(
    limit <= model.outputMax,
    `max_tokens is too large: ${limit}. This model supports at most ${model.outputMax} completion tokens.`,
    { param: 'max_completion_tokens', code: 'invalid_value' },
  )
  const effort = request['reasoning_effort']
  checkEffort(model, effort, 'reasoning_effort')
  checkSamplers(model, effort, request)
  const thinks = (effort ?? model.effortDefault) !== 'none'
  const refused = model.chatTools === 'no' || (model.chatTools === 'without-effort' && thinks)
  must(
    !refused || request['tools'] === undefined,
    `Function tools with reasoning_effort are not supported for ${String(request['model'])} in /v1/chat/completions. ` +
      "Please use /v1/responses or set reasoning_effort to 'none'.",
    { param: 'reasoning_effort' },
  )
}

function checkResponseFormat(request: Json): void {
  const { response_format: format, messages } = request
  if (!isObject(format)) return
  const schema = isObject(format['json_schema']) ? format['json_schema'] : {}
  checkFormat(format['type'], schema, 'response_format', JSON.stringify(messages))
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
  const count = Array.isArray(tools) ? tools.length : 1
  must(
    count <= 128,
    `Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length ${count} instead.`,
    { param: 'tools', code: 'array_above_max_length' },
  )
  must(count > 0, "Invalid 'tools': empty array. Expected an array with minimum length 1.", {
    param: 'tools',
    code: 'empty_array',
  })
  for (const [index, entry] of tools === undefined ? [] : listAt(tools, 'tools').entries()) {
    const tool = objectAt(entry, `tools[${index}]`)
    must(tool['type'] === 'function', `tools[${index}].type: should be 'function'`)
    const declared = objectAt(tool['function'], `tools[${index}].function`)
    const name = textAt(declared['name'], `tools[${index}].function.name`)
    checkName(name, `tools[${index}].function.name`)
    if (declared['strict'] === true)
      checkStrict(declared['parameters'], `function '${name}'`, `tools[${index}].function.parameters`)
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
      must(
        open.delete(id),
        "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
        { param: `${path}.role` },
      )
    } else {
      checkAnswered(open, path)
    }
    checkContent(said, role, path)
    for (const call of said['tool_calls'] === undefined ? [] : listAt(said['tool_calls'], path)) {
      open.add(checkCall(objectAt(call, path), path))
    }
  }
  checkAnswered(open, `messages[${messages.length}]`)
}

function checkAnswered(open: ReadonlySet<string>, path: string): void {
  must(
    open.size === 0,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    { param: `${path}.role` },
  )
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
  checkName(String(called['name']), `${path}.tool_calls[0].function.name`)
  return textAt(call['id'], `${path}.tool_calls.id`)
}

function base(request: Json, object: string): Json {
  return {
    id: `chatcmpl-${idOf(request)}`,
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
  request: Json,
): readonly { readonly id: string; readonly name: string; readonly input: string }[] {
  return (answer.tools ?? []).map((tool, index) => ({
    id: tool.id ?? `call_${idOf(request)}_${index}`,
    name: tool.name,
    input: JSON.stringify(tool.input),
  }))
}

function message(answer: Answer, request: Json): Json {
  const made = calls(answer, request).map(({ id, name, input }) => ({
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

function callDeltas(answer: Answer, request: Json): readonly Json[] {
  return calls(answer, request).flatMap(({ id, name, input }, index) => [
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
