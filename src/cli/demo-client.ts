import { type Dispatcher, request } from 'undici'
import type { Clock } from '../core/clock.ts'
import { createSseReader } from '../wire/sse.ts'

/** A client as any other: speaks Anthropic's Messages API with the gateway over HTTP, and reads its headers. */
export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

export interface Sent {
  readonly ok: boolean
  readonly trace: string | undefined
  readonly class: string | undefined
  readonly text: string
  readonly ms: number
}

export interface DemoClient {
  readonly origin: string
  readonly dispatcher: Dispatcher
  readonly clock: Clock
}

export async function sendTurns(
  { origin, dispatcher, clock }: DemoClient,
  turns: readonly Turn[],
  options: { readonly session: string; readonly stream: boolean },
): Promise<Sent> {
  const startMs = clock.now()
  const ended = (ok: boolean, text: string, headers: Dispatcher.ResponseData['headers'] = {}): Sent => ({
    ok,
    text,
    trace: headerOf(headers, 'x-signalbox-trace'),
    class: headerOf(headers, 'x-signalbox-class'),
    ms: clock.now() - startMs,
  })
  try {
    const response = await request(`${origin}/v1/messages`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/json', 'x-signalbox-session': options.session },
      body: JSON.stringify({ model: 'auto', max_tokens: 512, stream: options.stream, messages: turns }),
    })
    const body = Buffer.from(await response.body.arrayBuffer())
    const text = options.stream ? streamedText(body) : wholeText(body)
    return ended(response.statusCode === 200 && text !== undefined, text ?? '', response.headers)
  } catch {
    return ended(false, '')
  }
}

/** @returns undefined for a body that is no whole reply. */
function wholeText(body: Buffer): string | undefined {
  const reply = parse(body.toString())
  if (!Array.isArray(reply?.['content'])) return undefined
  return reply['content']
    .map((block: { text?: unknown }) => (typeof block.text === 'string' ? block.text : ''))
    .join('')
}

/** @returns undefined for a stream that was cut or ended in an error. */
function streamedText(body: Buffer): string | undefined {
  const reader = createSseReader()
  let text = ''
  let whole = false
  for (const event of [...reader.push(body), ...reader.end()]) {
    if (event.name === 'error') return undefined
    if (event.name === 'message_stop') whole = true
    if (event.name !== 'content_block_delta') continue
    const delta = parse(event.data)?.['delta']
    if (typeof delta === 'object' && delta !== null && 'text' in delta) text += String(delta.text)
  }
  return whole ? text : undefined
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    // Any JSON object can be read by its keys.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function headerOf(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
