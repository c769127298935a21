/** What both of OpenAI's APIs refuse, in its words: by the model that is addressed, and for tools and schemas. */
import { isObject, type Json, must, textAt } from './api.ts'
import type { GptModel } from './gpt-models.ts'

/** @param asked as the request has it; @param path how this API calls the field. */
export function checkEffort(model: GptModel, asked: unknown, path: string): void {
  if (asked === undefined || asked === null) return
  const effort = textAt(asked, path)
  const values = model.efforts.map((value) => `'${value}'`).join(', ')
  must(
    model.efforts.includes(effort),
    `Unsupported value: '${effort}' is not supported with this model. Supported values are: ${values}.`,
    { param: path, code: 'unsupported_value' },
  )
}

/** Samplers are only for a model that does not think; an absent effort counts as the model's default. */
export function checkSamplers(model: GptModel, effort: unknown, request: Json): void {
  if ((effort ?? model.effortDefault) !== 'none') {
    for (const param of ['temperature', 'top_p']) {
      const value = request[param]
      must(
        value === undefined || value === null || value === 1,
        `Unsupported value: '${param}' does not support ${String(value)} with this model. Only the default (1) value is supported.`,
        { param, code: 'unsupported_value' },
      )
    }
    unsupported(request, ['logprobs', 'top_logprobs'])
  }
  unsupported(request, ['presence_penalty', 'frequency_penalty', 'logit_bias'])
}

export function unsupported(request: Json, names: readonly string[], hint = ''): void {
  for (const param of names)
    must(
      request[param] === undefined || request[param] === null,
      `Unsupported parameter: '${param}' is not supported with this model.${hint}`,
      { param, code: 'unsupported_parameter' },
    )
}

export function unknown(request: Json, names: readonly string[], path = ''): void {
  for (const name of names)
    must(!(name in request), `Unknown parameter: '${path}${name}'.`, {
      param: path + name,
      code: 'unknown_parameter',
    })
}

export function present(value: unknown, param: string): void {
  must(value !== undefined && value !== null && value !== '', `Missing required parameter: '${param}'.`, {
    param,
    code: 'missing_required_parameter',
  })
}

export function checkName(name: string, param: string): void {
  must(
    name.length <= 64,
    `Invalid '${param}': string too long. Expected a string with maximum length 64, but got a string with length ${name.length} instead.`,
    { param, code: 'string_above_max_length' },
  )
  must(
    /^[a-zA-Z0-9_-]+$/.test(name),
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    { param, code: 'invalid_value' },
  )
}

export function checkUser(request: Json): void {
  const { safety_identifier: user, metadata } = request
  must(
    typeof user !== 'string' || user.length <= 128,
    "Invalid 'safety_identifier': string too long. Expected a string with maximum length 128.",
    { param: 'safety_identifier', code: 'string_above_max_length' },
  )
  must(
    !isObject(metadata) || Object.keys(metadata).length <= 16,
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties.",
    { param: 'metadata', code: 'object_above_max_properties' },
  )
}

/** A schema that is asked for strictly: closed objects whose properties are all required, and a few words less. */
export function checkStrict(schema: unknown, whose: string, param: string, path: string[] = []): void {
  if (!isObject(schema)) return
  const where = `Invalid schema for ${whose}: In context=(${path.map((part) => `'${part}'`).join(', ')}), `
  const fault = { param, code: 'invalid_function_parameters' }
  if (path.length === 0)
    must(schema['type'] === 'object', `${where}schema must have type 'object' and not 'anyOf'.`, fault)
  for (const word of ['allOf', 'not', 'if', 'oneOf'])
    must(!(word in schema), `${where}'${word}' is not permitted.`, fault)
  const { properties, required, items } = schema
  if (schema['type'] === 'object' || properties !== undefined) {
    must(
      schema['additionalProperties'] === false,
      `${where}'additionalProperties' is required to be supplied and to be false.`,
      fault,
    )
    const names = Object.keys(isObject(properties) ? properties : {})
    const listed: readonly unknown[] = Array.isArray(required) ? required : []
    const left = names.find((name) => !listed.includes(name))
    must(
      left === undefined,
      `${where}'required' is required to be supplied and to be an array including every key in properties. Missing '${left}'.`,
      fault,
    )
  }
  for (const [name, entry] of Object.entries(isObject(properties) ? properties : {}))
    checkStrict(entry, whose, param, [...path, 'properties', name])
  checkStrict(items, whose, param, [...path, 'items'])
  for (const [index, entry] of (Array.isArray(schema['anyOf']) ? schema['anyOf'] : []).entries())
    checkStrict(entry, whose, param, [...path, 'anyOf', String(index)])
}

/** `format`: what the answer is asked to look like; flat in Responses, one level deeper in Chat Completions. */
export function checkFormat(type: unknown, format: Json, param: string, request: string): void {
  if (type === 'json_object')
    must(
      /json/i.test(request),
      `'messages' must contain the word 'json' in some form, to use '${param}' of type 'json_object'.`,
      { param },
    )
  if (type !== 'json_schema') return
  present(format['name'], `${param}.name`)
  checkName(String(format['name']), `${param}.name`)
  if (format['strict'] === true)
    checkStrict(format['schema'], `response_format '${String(format['name'])}'`, param)
}
