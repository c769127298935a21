/**
 * One conversation in words of neither vendor, said through either vendor's own SDK, and heard by either vendor's stub:
 * what went in on one side can be compared with what came out on the other, whatever was translated in between.
 */
import type Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Gateway } from './harness.ts'

export interface Call {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

export type Turn =
  | { readonly by: 'person'; readonly text: string; readonly imageBase64?: string }
  | { readonly by: 'model'; readonly text?: string; readonly calls?: readonly Call[] }
  | { readonly by: 'tools'; readonly results: readonly { readonly id: string; readonly text: string }[] }

export interface Talk {
  readonly model?: string
  readonly system?: string
  readonly turns: readonly Turn[]
  readonly tools?: readonly string[]
  readonly stream: boolean
}

export interface Said {
  readonly text: string
  readonly calls: readonly Call[]
  /** In the SDK's vendor's own word. */
  readonly stop: string | null
  readonly usage: { readonly input: number; readonly output: number; readonly cached: number }
  readonly model: string
  readonly headers: Headers
}

export type Say = (gateway: Gateway, talk: Talk, signal?: AbortSignal) => Promise<Said>

const schema = { type: 'object' as const, properties: { at: { type: 'string' } } }

export const sayBy: Readonly<Record<Wire, Say>> = {
  async anthropic(gateway, talk, signal) {
    const params = anthropicParams(talk)
    const options = signal ? { signal } : {}
    const { messages } = gateway.anthropic()
    if (!talk.stream) {
      const { data, response } = await messages.create(params, options).withResponse()
      return saidByAnthropic(data, response.headers)
    }
    const { data, response } = await messages.stream(params, options).withResponse()
    return saidByAnthropic(await data.finalMessage(), response.headers)
  },
  async 'openai-chat'(gateway, talk, signal) {
    const params = chatParams(talk)
    const options = signal ? { signal } : {}
    const { completions } = gateway.openai().chat
    if (!talk.stream) {
      const { data, response } = await completions.create(params, options).withResponse()
      return saidByChat(data, response.headers)
    }
    const streamed = { ...params, stream: true as const, stream_options: { include_usage: true } }
    const { data, response } = await completions.create(streamed, options).withResponse()
    return gathered(data, response.headers)
  },
}

function anthropicParams(talk: Talk): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: talk.model ?? 'auto',
    max_tokens: 200,
    ...(talk.system !== undefined && { system: talk.system }),
    ...(talk.tools && { tools: talk.tools.map((name) => ({ name, input_schema: schema })) }),
    messages: talk.turns.map((turn): Anthropic.MessageParam => {
      if (turn.by === 'tools')
        return {
          role: 'user',
          content: turn.results.map(({ id, text }) => ({
            type: 'tool_result',
            tool_use_id: id,
            content: text,
          })),
        }
      if (turn.by === 'model') return { role: 'assistant', content: anthropicBlocks(turn.text, turn.calls) }
      if (turn.imageBase64 === undefined) return { role: 'user', content: turn.text }
      const source = { type: 'base64', media_type: 'image/png', data: turn.imageBase64 } as const
      return {
        role: 'user',
        content: [
          { type: 'image', source },
          { type: 'text', text: turn.text },
        ],
      }
    }),
  }
}

function anthropicBlocks(text?: string, calls: readonly Call[] = []): Anthropic.ContentBlockParam[] {
  const uses = calls.map((call) => ({ type: 'tool_use' as const, ...call }))
  return text === undefined ? uses : [{ type: 'text', text }, ...uses]
}

function chatParams(talk: Talk): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return {
    model: talk.model ?? 'auto',
    max_completion_tokens: 200,
    ...(talk.tools && {
      tools: talk.tools.map((name) => ({
        type: 'function' as const,
        function: { name, parameters: schema },
      })),
    }),
    messages: [
      ...(talk.system === undefined ? [] : [{ role: 'system' as const, content: talk.system }]),
      ...talk.turns.flatMap(chatMessages),
    ],
  }
}

function chatMessages(turn: Turn): OpenAI.ChatCompletionMessageParam[] {
  if (turn.by === 'tools')
    return turn.results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text }))
  if (turn.by === 'model') {
    const calls = turn.calls?.map(({ id, name, input }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(input) },
    }))
    return [{ role: 'assistant', content: turn.text ?? null, ...(calls && { tool_calls: calls }) }]
  }
  if (turn.imageBase64 === undefined) return [{ role: 'user', content: turn.text }]
  const url = `data:image/png;base64,${turn.imageBase64}`
  return [
    {
      role: 'user',
      content: [
        { type: 'image_url', image_url: { url } },
        { type: 'text', text: turn.text },
      ],
    },
  ]
}

function saidByAnthropic(message: Anthropic.Message, headers: Headers): Said {
  const { content, stop_reason: stop, usage, model } = message
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    stop,
    usage: {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cached: usage.cache_read_input_tokens ?? 0,
    },
    model,
    headers,
  }
}

function saidByChat(completion: OpenAI.ChatCompletion, headers: Headers): Said {
  const [choice] = completion.choices
  return {
    text: choice?.message.content ?? '',
    calls: (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }]
        : [],
    ),
    stop: choice?.finish_reason ?? null,
    usage: chatUsage(completion.usage),
    model: completion.model,
    headers,
  }
}

function chatUsage(usage: OpenAI.CompletionUsage | null | undefined): Said['usage'] {
  return {
    input: usage?.prompt_tokens ?? -1,
    output: usage?.completion_tokens ?? -1,
    cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
  }
}

async function gathered(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>, headers: Headers): Promise<Said> {
  let text = ''
  let stop: string | null = null
  let usage: OpenAI.CompletionUsage | null | undefined
  const models = new Set<string>()
  const calls: { id: string; name: string; json: string }[] = []
  for await (const chunk of chunks) {
    models.add(chunk.model)
    usage = chunk.usage ?? usage
    const [choice] = chunk.choices
    text += choice?.delta.content ?? ''
    stop = choice?.finish_reason ?? stop
    for (const { index, id, function: called } of choice?.delta.tool_calls ?? []) {
      const call = (calls[index] ??= { id: '', name: '', json: '' })
      call.id += id ?? ''
      call.name += called?.name ?? ''
      call.json += called?.arguments ?? ''
    }
  }
  const whole = calls.map(({ id, name, json }) => ({ id, name, input: JSON.parse(json) }))
  return { text, calls: whole, stop, usage: chatUsage(usage), model: [...models].join(' and '), headers }
}

export interface Heard {
  readonly model: string
  readonly system: string
  readonly turns: readonly Turn[]
  readonly tools: readonly string[]
  readonly stream: boolean
}

/** What an upstream understood of a request; the reverse of `sayBy`. */
export const hearBy: Readonly<Record<Wire, (body: unknown) => Heard>> = {
  anthropic(body) {
    // The stub has checked the shape.
    const request = body as Anthropic.MessageCreateParams
    return {
      model: request.model,
      system: textOf(request.system),
      turns: request.messages.flatMap(heardFromAnthropic),
      tools: (request.tools ?? []).flatMap((tool) => ('name' in tool ? [tool.name] : [])),
      stream: request.stream ?? false,
    }
  },
  'openai-chat'(body) {
    // The stub has checked the shape.
    const request = body as OpenAI.ChatCompletionCreateParams | OpenAI.Responses.ResponseCreateParams
    // A host of OpenAI's is asked over either of its APIs.
    if (!('messages' in request)) return heardFromResponses(request)
    const leading = request.messages.filter(({ role }) => role === 'system' || role === 'developer')
    return {
      model: request.model,
      system: leading.map(({ content }) => textOf(content)).join('\n'),
      turns: heardFromChat(request.messages),
      tools: (request.tools ?? []).flatMap((tool) => (tool.type === 'function' ? [tool.function.name] : [])),
      stream: request.stream ?? false,
    }
  },
}

function heardFromResponses(request: OpenAI.Responses.ResponseCreateParams): Heard {
  const items = Array.isArray(request.input) ? request.input : []
  const systems = items.filter((item) => 'role' in item && item.role === 'developer')
  return {
    model: String(request.model),
    system: systems.map((item) => textOf('content' in item ? item.content : '')).join('\n'),
    turns: turnsOf(items),
    tools: (request.tools ?? []).flatMap((tool) => (tool.type === 'function' ? [tool.name] : [])),
    stream: request.stream ?? false,
  }
}

function turnsOf(items: readonly OpenAI.Responses.ResponseInputItem[]): Turn[] {
  const turns: Turn[] = []
  for (const item of items) {
    const last = turns.at(-1)
    if (item.type === 'function_call') {
      const call = { id: item.call_id, name: item.name, input: JSON.parse(item.arguments) }
      if (last?.by === 'model') turns.splice(-1, 1, { ...last, calls: [...(last.calls ?? []), call] })
      else turns.push({ by: 'model', calls: [call] })
    } else if (item.type === 'function_call_output') {
      const result = { id: String(item.call_id), text: textOf(item.output) }
      if (last?.by === 'tools') turns.splice(-1, 1, { by: 'tools', results: [...last.results, result] })
      else turns.push({ by: 'tools', results: [result] })
    } else if ('role' in item && item.role !== 'developer') {
      const text = textOf('content' in item ? item.content : '')
      turns.push({ by: item.role === 'assistant' ? 'model' : 'person', text })
    }
  }
  return turns
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { readonly text?: string }) => part.text ?? '').join('')
}

function heardFromAnthropic({ role, content }: Anthropic.MessageParam): Turn[] {
  if (typeof content === 'string')
    return [role === 'assistant' ? { by: 'model', text: content } : { by: 'person', text: content }]
  const text = textOf(content.filter(({ type }) => type === 'text'))
  if (role === 'assistant') {
    const calls = content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    )
    return [{ by: 'model', ...(text !== '' && { text }), ...(calls.length > 0 && { calls }) }]
  }
  const results = content.flatMap((block) =>
    block.type === 'tool_result' ? [{ id: block.tool_use_id, text: textOf(block.content) }] : [],
  )
  const [image] = content.flatMap((block) =>
    block.type === 'image' && block.source.type === 'base64' ? [block.source.data] : [],
  )
  return [
    ...(results.length > 0 ? [{ by: 'tools' as const, results }] : []),
    ...(text === ''
      ? []
      : [{ by: 'person' as const, text, ...(image !== undefined && { imageBase64: image }) }]),
  ]
}

function heardFromChat(messages: readonly OpenAI.ChatCompletionMessageParam[]): Turn[] {
  const turns: Turn[] = []
  for (const message of messages) {
    const last = turns.at(-1)
    if (message.role === 'tool') {
      const result = { id: message.tool_call_id, text: textOf(message.content) }
      if (last?.by === 'tools') turns.splice(-1, 1, { by: 'tools', results: [...last.results, result] })
      else turns.push({ by: 'tools', results: [result] })
    } else if (message.role === 'assistant') {
      const calls = message.tool_calls?.flatMap((call) =>
        call.type === 'function'
          ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }]
          : [],
      )
      const text = textOf(message.content)
      turns.push({ by: 'model', ...(text !== '' && { text }), ...(calls && { calls }) })
    } else if (message.role === 'user') {
      const parts = typeof message.content === 'string' ? [] : message.content
      const [image] = parts.flatMap((part) =>
        part.type === 'image_url' ? [part.image_url.url.replace('data:image/png;base64,', '')] : [],
      )
      turns.push({
        by: 'person',
        text: textOf(message.content),
        ...(image !== undefined && { imageBase64: image }),
      })
    }
  }
  return turns
}
