/** What Anthropic's API refuses because of the model that is addressed, or of the version, in its words. */
import type { IncomingHttpHeaders } from 'node:http'
import { isObject, type Json, must, noneOf, refuse, textAt } from './api.ts'
import { type ClaudeModel, claudeModel } from './claude-models.ts'
import { unreadable } from './thinking-seal.ts'

const samplers = ['temperature', 'top_p', 'top_k']
const fields = new Set(
  (
    'model messages max_tokens system tools tool_choice thinking output_config stream stop_sequences temperature top_p ' +
    'top_k metadata service_tier container mcp_servers context_management inference_geo speed fallbacks ' +
    'fallback_credit_token safeguards diagnostics cache_control'
  ).split(' '),
)

/** @returns the paths of the thinking blocks that the model did not get to read. */
export function checkForModel(headers: IncomingHttpHeaders, request: Json): readonly string[] {
  if (headers['anthropic-version'] === '2026-10-21') checkVersion(request)
  const name = String(request['model'])
  const model = claudeModel(name)
  if (model === undefined) return []
  noneOf(
    request,
    Object.keys(request).filter((field) => !fields.has(field)),
  )
  const betas = String(headers['anthropic-beta'] ?? '')
  const maxTokens = Number(request['max_tokens'])
  must(
    maxTokens <= model.outputMax,
    `max_tokens: ${maxTokens} > ${model.outputMax}, which is the maximum allowed number of output tokens for ${name}`,
  )
  // Near enough: a token has about four characters.
  const tokens = Math.ceil(JSON.stringify(request['messages']).length / 4)
  must(tokens <= model.inputMax, `prompt is too long: ${tokens} tokens > ${model.inputMax} maximum`)
  const type = checkThinking(request, model, betas)
  const thinks = type === undefined ? model.thinks : type === 'adaptive' || type === 'enabled'
  checkEffort(request, model, thinks)
  checkSampling(request, model, thinks)
  checkToolsOf(name, model, request, type)
  checkTurns(request, model, thinks, betas)
  return unreadable(request, model)
}

function checkVersion(request: Json): void {
  noneOf(request, samplers)
  for (const [index, message] of messagesOf(request).entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      const path = `messages.${index}.content.${at}`
      must(
        message['role'] !== 'assistant' || block['type'] !== 'document',
        `${path}: document blocks are not permitted in assistant messages`,
      )
      const cited = Array.isArray(block['citations']) && block['citations'].length > 0
      must(message['role'] !== 'user' || !cited, `${path}.citations: Extra inputs are not permitted`)
    }
  }
}

function checkThinking(request: Json, model: ClaudeModel, betas: string): string | undefined {
  const { thinking } = request
  if (!isObject(thinking)) return undefined
  const type = String(thinking['type'])
  if (!model.thinking.includes(type)) refuse(refusedThinking(type, model))
  const binding = 'thinking-binding-controls-2026-08-01'
  const extra =
    type === 'between_tools'
      ? ['display', 'budget_tokens', 'block_binding']
      : type === 'disabled'
        ? ['display', 'block_binding']
        : betas.includes(binding)
          ? []
          : ['block_binding']
  for (const field of extra)
    must(!(field in thinking), `thinking.${type}.${field}: Extra inputs are not permitted`)
  if (type === 'enabled') {
    const budget = Number(thinking['budget_tokens'])
    must(budget >= 1024, 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
    must(
      budget < Number(request['max_tokens']),
      '`max_tokens` must be greater than `thinking.budget_tokens`.',
    )
  }
  return type
}

function refusedThinking(type: string, model: ClaudeModel): string {
  if (type === 'adaptive') return 'adaptive thinking is not supported on this model'
  if (type === 'disabled' && model.thinking.includes('between_tools'))
    return 'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": "disabled"}.'
  const remedy =
    type === 'between_tools'
      ? ''
      : ' Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
  return `"thinking.type.${type}" is not supported for this model.${remedy}`
}

function checkEffort(request: Json, model: ClaudeModel, thinks: boolean): void {
  const { output_config: config } = request
  if (!isObject(config) || config['effort'] === undefined) return
  const effort = textAt(config['effort'], 'output_config.effort')
  must(
    model.efforts.includes(effort),
    model.efforts.length === 0
      ? 'This model does not support the effort parameter.'
      : `This model does not support effort level '${effort}'. Supported levels: ${model.efforts.toSorted().join(', ')}.`,
  )
  must(
    thinks || !model.effortBoundWhenOff || !['xhigh', 'max'].includes(effort),
    `output_config.effort '${effort}' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.`,
  )
}

function checkSampling(request: Json, model: ClaudeModel, thinks: boolean): void {
  const { temperature, top_p: topP, top_k: topK } = request
  if (model.sampling && !thinks) {
    must(
      temperature === undefined || topP === undefined,
      '`temperature` and `top_p` cannot both be specified for this model. Please use only one.',
    )
    return
  }
  const why = (name: string): string =>
    model.sampling
      ? `\`${name}\` must be unset when thinking is enabled.`
      : `\`${name}\` is deprecated for this model.`
  must(temperature === undefined || temperature === 1, why('temperature'))
  must(topP === undefined || (model.sampling ? Number(topP) >= 0.95 : topP === 0.99), why('top_p'))
  must(topK === undefined, why('top_k'))
}

function checkToolsOf(name: string, model: ClaudeModel, request: Json, thinking: string | undefined): void {
  const { tools, tool_choice: choice } = request
  for (const tool of Array.isArray(tools) ? tools : []) {
    const type = isObject(tool) ? String(tool['type']) : ''
    if (!type.startsWith('computer_')) continue
    must(
      model.computerTools.includes(type),
      `'${name}' does not support tool types: ${type}. Did you mean one of ${model.computerTools.join(', ')}?`,
    )
  }
  const forced = isObject(choice) && (choice['type'] === 'any' || choice['type'] === 'tool')
  must(!forced || model.forcedTools, 'tool_choice: type "tool" and "any" are not supported for this model.')
  must(!forced || thinking !== 'enabled', 'Thinking may not be enabled when tool_choice forces tool use.')
}

function checkTurns(request: Json, model: ClaudeModel, thinks: boolean, betas: string): void {
  const messages = messagesOf(request)
  for (const [index, message] of messages.entries()) {
    const path = `messages.${index}`
    if (message['role'] === 'system') {
      must(model.systemMessages, "role 'system' is not supported on this model")
      const next = messages[index + 1]?.['role']
      must(
        messages[index - 1]?.['role'] === 'user' && (next === undefined || next === 'assistant'),
        `${path}: role 'system' must follow a user message and be last or before an assistant message`,
      )
    }
    if (message['output_config'] === undefined) continue
    must(
      /mid-conversation-output-config-2026-07-01|per-turn-control-2026-07-01/.test(betas),
      `${path}.output_config: Extra inputs are not permitted`,
    )
    must(
      model.messageEffort === 'yes' || (model.messageEffort === 'thinking' && thinks),
      'output_config.effort requires a model that supports per-turn effort; this model does not',
    )
  }
  must(
    messages.at(-1)?.['role'] !== 'assistant' || (model.prefill && !thinks),
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  )
}

function messagesOf(request: Json): readonly Json[] {
  return Array.isArray(request['messages']) ? request['messages'].filter(isObject) : []
}

function blocksOf(message: Json): readonly Json[] {
  return Array.isArray(message['content']) ? message['content'].filter(isObject) : []
}
