/** LangChain, as an application uses it. */
import { ChatAnthropic } from '@langchain/anthropic'
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
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

type Model = ChatAnthropic | ChatOpenAI
type ModelFor = (asked: Asked) => Model

const apiKey = 'callers-own'
const common = { apiKey, model: 'auto', maxRetries: 0, maxTokens: 300 }
const anthropic: ModelFor = ({ url }) => new ChatAnthropic({ ...common, anthropicApiUrl: url })
const openaiOf =
  (useResponsesApi: boolean): ModelFor =>
  ({ url }) =>
    new ChatOpenAI({
      ...common,
      useResponsesApi,
      configuration: { baseURL: `${url}/v1` },
      ...(useResponsesApi && { zdrEnabled: true }),
    })

export const langchainAnthropic = clientOf('LangChain, Anthropic', '/v1/messages', anthropic)
export const langchainChat = clientOf('LangChain, Chat Completions', '/v1/chat/completions', openaiOf(false))
export const langchainResponses = clientOf('LangChain, Responses', '/v1/responses', openaiOf(true))

function clientOf(name: string, path: Client['path'], modelFor: ModelFor): Client {
  return {
    name,
    path,
    async ask(asked) {
      const model = modelFor(asked)
      const options = asked.signal ? { signal: asked.signal } : {}
      const messages: BaseMessage[] = [new SystemMessage('You are a guide.'), questionOf(asked)]
      if (asked.structured) {
        const structured = model.withStructuredOutput(wordSchema, { name: 'word', method: 'jsonSchema' })
        return { text: JSON.stringify(await structured.invoke(messages, options)), calls: [] }
      }
      const calls: Called[] = []
      const runnable = withTools(model, asked)
      for (let step = 0; step < STEPS_MAX; step++) {
        const message = await messageOf(runnable, asked, messages)
        messages.push(message)
        const called = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : []
        if (called.length === 0) return { text: message.text, calls }
        for (const { id = '', name: tool, args } of called)
          messages.push(new ToolMessage({ tool_call_id: id, content: callOf(asked, calls, tool, args) }))
      }
      throw new Error('the loop of tools did not end')
    },
    statusOf: (error) => statusIn(error, 'status'),
  }
}

async function messageOf(
  runnable: ReturnType<typeof withTools>,
  { stream, signal }: Asked,
  messages: BaseMessage[],
): Promise<BaseMessage> {
  const options = signal ? { signal } : {}
  if (!stream) return runnable.invoke(messages, options)
  let whole: AIMessageChunk | undefined
  for await (const chunk of await runnable.stream(messages, options)) whole = whole?.concat(chunk) ?? chunk
  if (!whole) throw new Error('an empty stream')
  return whole
}

function withTools(model: Model, { tools = {} }: Asked) {
  const names = Object.keys(tools)
  if (names.length === 0) return model
  return model.bindTools(
    names.map((name) => ({
      type: 'function' as const,
      function: { name, description: 'Tells.', parameters: toolSchema },
    })),
  )
}

function questionOf({ text, image }: Asked): HumanMessage {
  if (image === undefined) return new HumanMessage(text)
  const part = { type: 'image' as const, mimeType: 'image/png', data: image }
  return new HumanMessage({ contentBlocks: [part, { type: 'text', text }] })
}
