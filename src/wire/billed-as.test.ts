import { describe, expect, it } from 'vitest'
import { protocols } from './catalog.ts'
import { createSseReader, writeData, writeEvent } from './sse.ts'

const reply = (wire: keyof typeof protocols, body: object) =>
  protocols[wire].readReply(Buffer.from(JSON.stringify(body)))?.usage

describe('how a request was billed', () => {
  it('is told in a message’s usage, also of a stream', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 2,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      service_tier: 'standard',
      speed: 'fast',
      inference_geo: 'us',
    }
    const billed = { cacheWriteLongTokens: 20, serviceTier: 'standard', speed: 'fast', inferenceGeo: 'us' }
    expect(reply('anthropic', { type: 'message', content: [], usage })).toMatchObject(billed)
    const observer = protocols.anthropic.observe()
    const start = writeEvent('message_start', JSON.stringify({ type: 'message_start', message: { usage } }))
    const delta = writeEvent(
      'message_delta',
      JSON.stringify({ type: 'message_delta', delta: {}, usage: { output_tokens: 9 } }),
    )
    for (const event of createSseReader().push(Buffer.concat([start, delta]))) observer.see(event)
    expect(observer.facts.usage).toMatchObject({ ...billed, outputTokens: 9 })
  })

  it('is told beside a completion’s and a response’s usage', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2 }
    const choices = [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }]
    expect(reply('openai-chat', { choices, usage, service_tier: 'priority' })).toMatchObject({
      serviceTier: 'priority',
    })
    const observer = protocols['openai-chat'].observe()
    const chunk = writeData(JSON.stringify({ choices: [], service_tier: 'flex' }))
    for (const event of createSseReader().push(
      Buffer.concat([chunk, writeData(JSON.stringify({ choices: [] }))]),
    ))
      observer.see(event)
    expect(observer.facts.usage.serviceTier).toBe('flex')
  })

  it('is left out where it is no word, or none at all', () => {
    for (const service_tier of [7, null, '', 'x'.repeat(33), {}])
      expect(
        reply('anthropic', { type: 'message', content: [], usage: { service_tier } }),
      ).not.toHaveProperty('serviceTier')
  })
})
