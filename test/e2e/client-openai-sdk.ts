/** The OpenAI SDK, as an application uses it, over both of its APIs. */
import OpenAI from 'openai'
import {
  type Asked,
  type Called,
  callOf,
  type Client,
  statusIn,
  STEPS_MAX,
  toolSchema,
  wordSchema,
} from './client.ts'

const statusOf = (error: unknown): number | undefined => statusIn(error, 'status')
const clientOf = ({ url }: Asked): OpenAI =>
  new OpenAI({ apiKey: 'callers-own', baseURL: `${url}/v1`, maxRetries: 0 })

export const openaiSdkChat: Client = {
  name: 'OpenAI SDK, Chat Completions',
  path: '/v1/chat/completions',
  async ask(asked) {
    const client = clientOf(asked)
    const options = asked.signal ? { signal: asked.signal } : {}
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'developer', content: 'You are a guide.' },
      { role: 'user', content: chatContent(asked) },
    ]
    const calls: Called[] = []
    for (let step = 0; step < STEPS_MAX; step++) {
      const params = { ...chatSettings(asked), messages }
      const completion = asked.stream
        ? await client.chat.completions.stream({ ...params, stream: true }, options).finalChatCompletion()
        : await client.chat.completions.create(params, options)
      const message = completion.choices[0]?.message
      if (!message) throw new Error('no choice')
      messages.push(message)
      const called = (message.tool_calls ?? []).filter((call) => call.type === 'function')
      if (called.length === 0) return { text: message.content ?? '', calls }
      for (const { id, function: made } of called) {
        const content = callOf(asked, calls, made.name, JSON.parse(made.arguments))
        messages.push({ role: 'tool', tool_call_id: id, content })
      }
    }
    throw new Error('the loop of tools did not end')
  },
  statusOf,
}

function chatSettings(asked: Asked): Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'messages'> {
  const names = Object.keys(asked.tools ?? {})
  const format = { name: 'word', schema: wordSchema, strict: true }
  return {
    model: 'auto',
    max_completion_tokens: 300,
    ...(names.length > 0 && {
      tools: names.map((name) => ({
        type: 'function' as const,
        function: { name, parameters: toolSchema, strict: true },
      })),
    }),
    ...(asked.structured && { response_format: { type: 'json_schema' as const, json_schema: format } }),
  }
}

function chatContent({ text, image }: Asked): OpenAI.ChatCompletionUserMessageParam['content'] {
  if (image === undefined) return text
  return [
    { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
    { type: 'text', text },
  ]
}

export const openaiSdkResponses: Client = {
  name: 'OpenAI SDK, Responses',
  path: '/v1/responses',
  async ask(asked) {
    const client = clientOf(asked)
    const options = asked.signal ? { signal: asked.signal } : {}
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: responsesContent(asked) }]
    const calls: Called[] = []
    for (let step = 0; step < STEPS_MAX; step++) {
      const params = { ...responsesSettings(asked), input }
      const response = asked.stream
        ? await client.responses.stream({ ...params, stream: true }, options).finalResponse()
        : await client.responses.create(params, options)
      // What the API gives it takes back; the types of its newest items do not say so yet.
      input.push(...(response.output as OpenAI.Responses.ResponseInputItem[]))
      const called = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []))
      if (called.length === 0) return { text: response.output_text, calls }
      for (const { call_id, name, arguments: json } of called) {
        const output = callOf(asked, calls, name, JSON.parse(json))
        input.push({ type: 'function_call_output', call_id, output })
      }
    }
    throw new Error('the loop of tools did not end')
  },
  statusOf,
}

function responsesSettings(asked: Asked): Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'input'> {
  const names = Object.keys(asked.tools ?? {})
  const format = { type: 'json_schema' as const, name: 'word', schema: wordSchema, strict: true }
  return {
    model: 'auto',
    store: false,
    max_output_tokens: 300,
    instructions: 'You are a guide.',
    ...(names.length > 0 && {
      tools: names.map((name) => ({ type: 'function' as const, name, parameters: toolSchema, strict: true })),
    }),
    ...(asked.structured && { text: { format } }),
  }
}

function responsesContent({ text, image }: Asked): OpenAI.Responses.EasyInputMessage['content'] {
  if (image === undefined) return text
  return [
    { type: 'input_image', image_url: `data:image/png;base64,${image}`, detail: 'auto' },
    { type: 'input_text', text },
  ]
}
