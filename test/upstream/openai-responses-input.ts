/** What the Responses API refuses in a history. */
import { isObject, type Json, listAt, must, objectAt, refuse, textAt } from './api.ts'
import type { GptModel } from './gpt-models.ts'
import { checkName, present } from './openai-rules.ts'

/** Item ids begin with the sign of their type; what a client makes up does not. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fc',
  custom_tool_call: 'ctc',
}
const partTypes: Readonly<Record<string, readonly string[]>> = {
  assistant: ['output_text', 'refusal'],
  user: ['input_text', 'input_image', 'input_file', 'input_audio'],
}
const SEAL = 'stub-reasoning:'

/** What a model thought, so that only it can read it again. */
export function encrypted(model: unknown, thinking: string): string {
  return Buffer.from(`${SEAL}${String(model)}:${thinking}`).toString('base64')
}

/**
 * @param known calls of the response that this one continues.
 * @returns the paths of reasoning items that the model did not get to read.
 */
export function checkInput(
  request: Json,
  model: GptModel | undefined,
  known: readonly string[],
): readonly string[] {
  const { input } = request
  present(input, 'input')
  if (typeof input === 'string') return []
  const items = listAt(input, 'input')
  must(items.length > 0, "Invalid 'input': empty array.", { param: 'input', code: 'empty_array' })
  const open = new Set(known)
  const dropped: string[] = []
  for (const [index, entry] of items.entries()) {
    const path = `input[${index}]`
    const item = objectAt(entry, path)
    const type = textAt(item['type'] ?? 'message', `${path}.type`)
    checkId(item['id'], type, path)
    if (type === 'message') checkMessage(item, path)
    else if (type === 'function_call' || type === 'custom_tool_call') open.add(callOf(item, type, path))
    else if (type === 'function_call_output' || type === 'custom_tool_call_output') {
      const id = String(item['call_id'])
      must(open.delete(id), `No tool call found for function call output with call_id ${id}.`, {
        param: 'input',
      })
      present(item['output'], `${path}.output`)
    } else if (type === 'reasoning') {
      const next = items[index + 1]
      if (isDropped(item, isObject(next) ? next : undefined, request, model)) dropped.push(path)
    }
  }
  for (const id of open) refuse(`No tool output found for function call ${id}.`, { param: 'input' })
  return dropped
}

function checkId(given: unknown, type: string, path: string): void {
  const prefix = prefixes[type]
  if (given === undefined || given === null || prefix === undefined) return
  const id = textAt(given, `${path}.id`)
  must(id.startsWith(prefix), `Invalid '${path}.id': '${id}'. Expected an ID that begins with '${prefix}'.`, {
    param: `${path}.id`,
    code: 'invalid_value',
  })
}

function checkMessage(item: Json, path: string): void {
  const role = String(item['role'])
  must(
    ['user', 'assistant', 'system', 'developer'].includes(role),
    `Invalid value: '${role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
    { param: `${path}.role`, code: 'invalid_value' },
  )
  const { content } = item
  if (typeof content === 'string') return
  const allowed = partTypes[role] ?? ['input_text']
  for (const [at, entry] of listAt(content, `${path}.content`).entries()) {
    const part = objectAt(entry, `${path}.content[${at}]`)
    must(
      allowed.includes(String(part['type'])),
      `Invalid value: '${String(part['type'])}'. Supported values are: ${allowed.map((type) => `'${type}'`).join(', ')}.`,
      { param: `${path}.content[${at}].type`, code: 'invalid_value' },
    )
    if (part['type'] === 'input_image')
      must(
        typeof part['image_url'] === 'string' || typeof part['file_id'] === 'string',
        `Invalid type for '${path}.content[${at}].image_url': expected an image URL.`,
        { param: `${path}.content[${at}].image_url`, code: 'invalid_type' },
      )
  }
}

function callOf(item: Json, type: string, path: string): string {
  present(item['call_id'], `${path}.call_id`)
  present(item['name'], `${path}.name`)
  checkName(String(item['name']), `${path}.name`)
  const field = type === 'function_call' ? 'arguments' : 'input'
  must(typeof item[field] === 'string', `Invalid type for '${path}.${field}': expected a string.`, {
    param: `${path}.${field}`,
    code: 'invalid_type',
  })
  return String(item['call_id'])
}

/** Newer models leave out what another one thought; older ones refuse it. */
function isDropped(item: Json, next: Json | undefined, request: Json, model: GptModel | undefined): boolean {
  const id = String(item['id'])
  const follows = next !== undefined && next['role'] !== 'user' && next['type'] !== 'function_call_output'
  must(follows, `Item '${id}' of type 'reasoning' was provided without its required following item.`, {
    param: 'input',
  })
  const { encrypted_content: content } = item
  if (typeof content !== 'string')
    refuse(
      `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
      { param: 'input' },
    )
  if (model === undefined) return false
  const plain = Buffer.from(content, 'base64').toString()
  if (plain.startsWith(`${SEAL}${String(request['model'])}:`)) return false
  if (model.foreignReasoning === 'refused' || !plain.startsWith(SEAL))
    refuse(
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      { code: 'invalid_encrypted_content' },
    )
  return true
}
