/** The Anthropic SDK, as an application uses it: what the model said goes back as it came. */
import Anthropic from '@anthropic-ai/sdk'
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

export const anthropicSdk: Client = {
  name: 'Anthropic SDK',
  path: '/v1/messages',
  async ask(asked) {
    const client = new Anthropic({ apiKey: 'callers-own', baseURL: asked.url, maxRetries: 0 })
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: contentOf(asked) }]
    const calls: Called[] = []
    for (let step = 0; step < STEPS_MAX; step++) {
      const params = { ...settingsOf(asked), messages }
      const options = asked.signal ? { signal: asked.signal } : {}
      const message = asked.stream
        ? await client.messages.stream(params, options).finalMessage()
        : await client.messages.create(params, options)
      messages.push({ role: 'assistant', content: message.content })
      const uses = message.content.filter((block) => block.type === 'tool_use')
      if (uses.length === 0) {
        const texts = message.content.map((block) => (block.type === 'text' ? block.text : ''))
        return { text: texts.join(''), calls }
      }
      const results = uses.map(({ id, name, input }) => ({
        type: 'tool_result' as const,
        tool_use_id: id,
        content: callOf(asked, calls, name, input),
      }))
      messages.push({ role: 'user', content: results })
    }
    throw new Error('the loop of tools did not end')
  },
  statusOf: (error) => statusIn(error, 'status'),
}

function settingsOf(asked: Asked): Omit<Anthropic.MessageCreateParamsNonStreaming, 'messages'> {
  const names = Object.keys(asked.tools ?? {})
  return {
    model: 'auto',
    max_tokens: 300,
    system: 'You are a guide.',
    ...(names.length > 0 && { tools: names.map((name) => ({ name, input_schema: toolSchema })) }),
    ...(asked.structured && { output_config: { format: { type: 'json_schema', schema: wordSchema } } }),
  }
}

function contentOf({ text, image }: Asked): Anthropic.MessageParam['content'] {
  if (image === undefined) return text
  const source = { type: 'base64', media_type: 'image/png', data: image } as const
  return [
    { type: 'image', source },
    { type: 'text', text },
  ]
}
