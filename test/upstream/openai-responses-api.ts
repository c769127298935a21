/** OpenAI's Responses API, as strict as the real one where a gateway could get it wrong. Remembers what it stored. */
import { type Api, inRange, isObject, type Json, listAt, must, objectAt } from './api.ts'
import { Refused, textAt } from './api.ts'
import { type GptModel, gptList, gptModel } from './gpt-models.ts'
import { openaiError } from './openai-chat-api.ts'
import { checkInput } from './openai-responses-input.ts'
import { failedEvent, responseEvents, responseOf } from './openai-responses-reply.ts'
import {
  checkEffort,
  checkFormat,
  checkName,
  checkSamplers,
  checkStrict,
  checkUser,
  present,
  unknown,
} from './openai-rules.ts'

/** Of Chat Completions and of the other vendor: this API knows none of them. */
const foreign = (
  'messages max_tokens max_completion_tokens stop seed n logit_bias logprobs presence_penalty frequency_penalty ' +
  'response_format reasoning_effort functions system stop_sequences top_k thinking output_config'
).split(' ')
const hosted = new Set(
  (
    'namespace tool_search file_search computer computer_use_preview web_search web_search_preview mcp ' +
    'code_interpreter image_generation local_shell shell apply_patch programmatic_tool_calling'
  ).split(' '),
)

/** @returns one account's API: what it stores can be referred to later. */
export function openaiResponsesApi(): Api {
  /** Ids of stored responses, and the calls in them that wait for results. */
  const stored = new Map<string, readonly string[]>()
  let count = 0
  /** A response has one id in all its events; whatever `whole` and `events` are asked for is a new one. */
  function made(request: Json, calls: readonly unknown[]): string {
    const id = `resp_stub${++count}`
    if (request['store'] !== false) stored.set(id, calls.map(String))
    return id
  }
  return {
    basePath: '/v1',
    endpoint: '/v1/responses',
    count: {
      endpoint: '/v1/responses/input_tokens',
      reply: { object: 'response.input_tokens', input_tokens: 42 },
    },
    models: gptList,
    check(headers, body, key) {
      if (key !== undefined && headers.authorization !== `Bearer ${key}`)
        throw new Refused(401, 'Incorrect API key provided')
      const request = objectAt(body, 'body')
      unknown(request, foreign)
      present(request['model'], 'model')
      checkLimits(request)
      checkTools(request)
      checkUser(request)
      const model = gptModel(request['model'])
      if (model) checkForModel(request, model)
      return checkInput(request, model, previous(request['previous_response_id'], stored))
    },
    whole(answer, request) {
      const response = responseOf('', answer, request)
      return { ...response, id: made(request, callsOf(response)) }
    },
    events(answer, request) {
      const response = responseOf('', answer, request)
      return responseEvents({ ...response, id: made(request, callsOf(response)) })
    },
    error: openaiError,
    errorEvent: failedEvent,
  }
}

function callsOf(response: Json): readonly unknown[] {
  const items = Array.isArray(response['output']) ? response['output'] : []
  return items.flatMap((item) =>
    isObject(item) && item['type'] === 'function_call' ? [item['call_id']] : [],
  )
}

function previous(given: unknown, stored: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (given === undefined || given === null) return []
  const id = textAt(given, 'previous_response_id')
  const calls = stored.get(id)
  if (calls) return calls
  throw new Refused(400, `Previous response with id '${id}' not found.`, {
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  })
}

function checkLimits(request: Json): void {
  inRange(request['temperature'], 0, 2, 'temperature')
  const { max_output_tokens: limit } = request
  must(
    limit === undefined || limit === null || Number(limit) >= 16,
    `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${String(limit)} instead.`,
    { param: 'max_output_tokens', code: 'integer_below_min_value' },
  )
  must(
    request['conversation'] === undefined || request['previous_response_id'] === undefined,
    "Mutually exclusive parameters: 'previous_response_id' and 'conversation'.",
    { code: 'mutually_exclusive_parameters' },
  )
  const { text } = request
  const format = isObject(text) && isObject(text['format']) ? text['format'] : {}
  checkFormat(format['type'], format, 'text.format', JSON.stringify(request['input'] ?? ''))
}

function checkForModel(request: Json, model: GptModel): void {
  const { reasoning, max_output_tokens: limit } = request
  const effort = isObject(reasoning) ? reasoning['effort'] : undefined
  must(
    Number(limit ?? 0) <= model.outputMax,
    `Invalid 'max_output_tokens': integer above maximum value. Expected a value <= ${model.outputMax}, but got ${String(limit)} instead.`,
    { param: 'max_output_tokens', code: 'integer_above_max_value' },
  )
  checkEffort(model, effort, 'reasoning.effort')
  checkSamplers(model, effort, request)
}

function checkTools(request: Json): void {
  const { tools, tool_choice: choice } = request
  for (const [index, entry] of tools === undefined ? [] : listAt(tools, 'tools').entries()) {
    const tool = objectAt(entry, `tools[${index}]`)
    const type = textAt(tool['type'], `tools[${index}].type`)
    if (hosted.has(type)) continue
    must(type === 'function' || type === 'custom', `Invalid value: '${type}'.`, {
      param: `tools[${index}].type`,
      code: 'invalid_value',
    })
    present(tool['name'], `tools[${index}].name`)
    checkName(String(tool['name']), `tools[${index}].name`)
    unknown(tool, ['function', 'input_schema'], `tools[${index}].`)
    if (tool['strict'] === true)
      checkStrict(tool['parameters'], `function '${String(tool['name'])}'`, `tools[${index}].parameters`)
  }
  if (choice === undefined || choice === null) return
  if (typeof choice === 'string')
    must(['none', 'auto', 'required'].includes(choice), `Invalid value: '${choice}'.`, {
      param: 'tool_choice',
      code: 'invalid_value',
    })
  else if (objectAt(choice, 'tool_choice')['type'] === 'function')
    present(objectAt(choice, 'tool_choice')['name'], 'tool_choice.name')
}
