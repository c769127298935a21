/** The Vercel AI SDK, as an application uses it: it runs the loop of tools by itself. */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, isStepCount, jsonSchema, type LanguageModel, Output, streamText, tool } from 'ai'
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

type ModelAt = (url: string) => LanguageModel

const apiKey = 'callers-own'
const anthropic: ModelAt = (url) => createAnthropic({ apiKey, baseURL: `${url}/v1` })('auto')
const chat: ModelAt = (url) => createOpenAI({ apiKey, baseURL: `${url}/v1` }).chat('auto')
const responses: ModelAt = (url) => createOpenAI({ apiKey, baseURL: `${url}/v1` }).responses('auto')

// Left to itself, it asks models that it does not know for a call of a tool instead.
const outputFormat = { anthropic: { structuredOutputMode: 'outputFormat' } }
export const aiSdkAnthropic = clientOf('AI SDK, Anthropic', '/v1/messages', anthropic, outputFormat)
export const aiSdkChat = clientOf('AI SDK, Chat Completions', '/v1/chat/completions', chat)
export const aiSdkResponses = clientOf('AI SDK, Responses', '/v1/responses', responses, {
  openai: { store: false },
})

function clientOf(
  name: string,
  path: Client['path'],
  modelAt: ModelAt,
  providerOptions: Record<string, Record<string, boolean | string>> = {},
): Client {
  return {
    name,
    path,
    async ask(asked) {
      const calls: Called[] = []
      const settings = { model: modelAt(asked.url), providerOptions, ...settingsOf(asked, calls) }
      if (!asked.stream) return { text: (await generateText(settings)).text, calls }
      let failure: unknown
      const onError = ({ error }: { readonly error: unknown }): void => void (failure = error)
      const result = streamText({ ...settings, onError })
      // It tells of an error aside and then ends as if all were well.
      await result.consumeStream()
      if (failure !== undefined) throw failure
      asked.signal?.throwIfAborted()
      return { text: await result.text, calls }
    },
    statusOf: (error) => statusIn(error, 'statusCode'),
  }
}

function settingsOf(asked: Asked, calls: Called[]) {
  const tools = Object.keys(asked.tools ?? {}).map((name) => [
    name,
    tool({
      inputSchema: jsonSchema<{ at: string }>(toolSchema),
      execute: (input) => callOf(asked, calls, name, input),
    }),
  ])
  const image = { type: 'file' as const, mediaType: 'image/png', data: asked.image ?? '' }
  const text = { type: 'text' as const, text: asked.text }
  const content = asked.image === undefined ? [text] : [image, text]
  return {
    instructions: 'You are a guide.',
    messages: [{ role: 'user' as const, content }],
    maxOutputTokens: 300,
    maxRetries: 0,
    stopWhen: isStepCount(STEPS_MAX),
    ...(tools.length > 0 && { tools: Object.fromEntries(tools) }),
    ...(asked.structured && { output: Output.object({ schema: jsonSchema<{ word: string }>(wordSchema) }) }),
    ...(asked.signal && { abortSignal: asked.signal }),
  }
}
