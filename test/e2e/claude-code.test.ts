/** Requests as the Claude Code command line sends them, rebuilt from a recording, through a gateway that intercepts. */
import { describe, expect, it } from 'vitest'
import type { Upstream } from '../upstream/upstream.ts'
import { type Gateway, startGateway, understanding, upstreamOf, workerOf } from './harness.ts'

const SESSION = '7c9e6679-7425-40de-944b-e07fc1f90ae7'
const BETA =
  'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,per-turn-control-2026-07-01,' +
  'mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24'

const headers = {
  'x-api-key': 'callers-own',
  'anthropic-version': '2023-06-01',
  'anthropic-beta': BETA,
  'x-claude-code-session-id': SESSION,
  'x-app': 'cli',
  'user-agent': 'claude-cli/2.1.331 (external, cli)',
  'x-stainless-lang': 'js',
  'accept-encoding': 'gzip, deflate, br, zstd',
}

const reminder = {
  type: 'text',
  text: '<system-reminder>\nTranslate, rename and fix typos only when asked. Thank you, hello!\n</system-reminder>',
}
const environment = {
  role: 'system',
  content: '# Environment\nPlatform: linux. Please summarise the weather. Thanks!',
}

function person(text: string): object {
  return { role: 'user', content: [reminder, { type: 'text', text, cache_control: { type: 'ephemeral' } }] }
}

/** @param more further messages of the conversation. */
function bodyOf(text: string, more: readonly object[] = []): string {
  const body = {
    model: 'claude-opus-5-5',
    messages: [person(text), environment, ...more],
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.331; cc_entrypoint=cli; cch=00000;' },
      {
        type: 'text',
        text: 'You are Claude Code. Translate nothing. "model":"claude-x"',
        cache_control: { type: 'ephemeral' },
      },
    ],
    tools: ['Bash', 'Edit', 'Read'].map((name) => ({
      name,
      description: 'Say hello, thanks. "model": "no"',
      input_schema: {
        type: 'object',
        properties: { model: { type: 'string' } },
        additionalProperties: false,
      },
      eager_input_streaming: true,
    })),
    metadata: {
      user_id: JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: SESSION }),
    },
    max_tokens: 128_000,
    thinking: { type: 'adaptive', display: 'omitted' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'medium' },
    brand_new_key: { nested: [1.0, null, '\u2028'] },
    stream: true,
  }
  // Spaced as no serializer of ours would.
  return JSON.stringify(body, null, 1).replace('"stream": true', '"stream":true ,"odd" :1e2')
}

async function start(): Promise<{
  readonly gateway: Gateway
  readonly opus: Upstream
  readonly haiku: Upstream
}> {
  const opus = await upstreamOf({ wire: 'anthropic', lenient: true })
  const haiku = await upstreamOf({ wire: 'anthropic', lenient: true })
  const gateway = await startGateway({
    ...understanding,
    intercept: ['claude-*'],
    pools: {
      opus: { workers: [workerOf(opus, { model: 'claude-opus-5-5' })] },
      haiku: { workers: [workerOf(haiku, { model: 'claude-haiku-5-5' })] },
    },
    routes: { strategic: ['opus'], tactical: ['opus'], simple: ['haiku'] },
    decisions: { keep: 'text' },
  })
  return { gateway, opus, haiku }
}

const ask = (gateway: Gateway, body: string): Promise<Response> =>
  gateway.post('/v1/messages?beta=true', body, headers)

describe('a request of Claude Code', () => {
  it('is classified by what the person wrote, and by nothing else in it', async () => {
    const { gateway, opus, haiku } = await start()
    const planned = await ask(gateway, bodyOf('Compare the approaches and recommend an overall strategy.'))
    expect(planned.headers.get('x-signalbox-class')).toBe('strategic')
    expect(planned.headers.get('x-signalbox-model')).toBe('claude-opus-5-5')
    await planned.text()
    const asked = await ask(gateway, bodyOf('What is the capital of France?'))
    expect(asked.headers.get('x-signalbox-class')).toBe('simple')
    expect(asked.headers.get('x-signalbox-model')).toBe('claude-haiku-5-5')
    await asked.text()
    expect([opus.requests.length, haiku.requests.length]).toEqual([1, 1])
    expect(gateway.records.map(({ text }) => text)).toEqual([
      'What is the capital of France?',
      'Compare the approaches and recommend an overall strategy.',
    ])
  })

  it('reaches the worker byte for byte but for the model, with its betas and its query', async () => {
    const { gateway, haiku } = await start()
    const body = bodyOf('What is the capital of France?')
    const reply = await ask(gateway, body)
    const events = await reply.text()
    const [sent] = haiku.requests
    expect(sent?.bytes.toString()).toBe(
      body.replace('"model": "claude-opus-5-5"', '"model": "claude-haiku-5-5"'),
    )
    expect(sent?.path).toBe('/v1/messages?beta=true')
    expect(sent?.headers).toMatchObject({
      'anthropic-beta': BETA,
      'anthropic-version': '2023-06-01',
      'x-claude-code-session-id': SESSION,
      'x-app': 'cli',
      'user-agent': headers['user-agent'],
      'x-stainless-lang': 'js',
      'x-api-key': 'workers-own',
    })
    // Older versions drop thinking when another model than the one they asked for seems to answer.
    expect(events).toContain('"model":"claude-opus-5-5"')
    expect(events).not.toContain('haiku')
    expect(events.match(/^event: (\w+)$/gm)?.map((line) => line.slice(7))).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      ...Array.from({ length: 4 }, () => 'content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  it('in its second turn is classified by the second text', async () => {
    const { gateway, haiku } = await start()
    const first = 'Compare the approaches and recommend an overall strategy.'
    await (await ask(gateway, bodyOf(first))).text()
    const second = [
      { role: 'assistant', content: [{ type: 'text', text: 'The second one.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Thank you!', cache_control: { type: 'ephemeral' } }] },
    ]
    const reply = await ask(gateway, bodyOf(first, second))
    await reply.text()
    expect(reply.headers.get('x-signalbox-class')).toBe('simple')
    expect(haiku.requests).toHaveLength(1)
    expect(gateway.records.map(({ session }) => session)).toEqual([SESSION, SESSION])
  })

  it('with a tool’s result stays with the class and the model of the turn', async () => {
    const { gateway, opus } = await start()
    const text = 'Compare the approaches and recommend an overall strategy.'
    await (await ask(gateway, bodyOf(text))).text()
    const thinking = { type: 'thinking', thinking: '', signature: 'EqQBCgIYAhIM' }
    const loop = [
      {
        role: 'assistant',
        content: [thinking, { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } }],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [{ type: 'text', text: 'thanks.txt' }],
            is_error: false,
          },
        ],
      },
    ]
    const body = bodyOf(text, loop)
    const reply = await ask(gateway, body)
    await reply.text()
    expect(reply.headers.get('x-signalbox-class')).toBe('strategic')
    expect(reply.headers.get('x-signalbox-source')).toBe('turn')
    expect(opus.requests[1]?.bytes.toString()).toBe(body)
  })

  it('is answered in Claude Code’s own words when it is refused', async () => {
    const { gateway, opus } = await start()
    const message = 'prompt is too long: 1000001 tokens > 1000000 maximum'
    opus.enqueue({ kind: 'error', status: 400, message })
    const reply = await ask(gateway, bodyOf('Compare the approaches and recommend an overall strategy.'))
    expect(reply.status).toBe(400)
    expect(await reply.json()).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message },
      request_id: 'req_stub',
    })
  })

  it('finds the models that it may name', async () => {
    const { gateway } = await start()
    const reply = await fetch(`${gateway.url}/v1/models?limit=1000`, { headers })
    expect(await reply.json()).toMatchObject({
      has_more: false,
      data: expect.arrayContaining([
        expect.objectContaining({ type: 'model', id: 'claude-opus-5-5' }),
        expect.objectContaining({ type: 'model', id: 'claude-haiku-5-5' }),
      ]),
    })
  })
})
