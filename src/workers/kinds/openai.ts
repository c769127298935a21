import type { System } from '../../core/system.ts'
import type { Worker } from '../../core/worker.ts'
import { checkedKey, openaiCredentials } from './credentials.ts'
import { sentHeaders } from './headers.ts'
import { type DialectName, dialectFor } from '../../wire/dialects.ts'
import { createUpstream, type UpstreamOptions } from './upstream.ts'

export interface OpenaiOptions extends Partial<UpstreamOptions> {
  readonly kind: 'openai'
  readonly model: string
  /** As the vendor's SDK takes it, with /v1. Default: OpenAI's own. */
  readonly baseUrl?: string
  /** Without one, the caller's credential is passed on. */
  readonly apiKey?: string
  /** How the server deviates (wire/dialects.ts). Translation acts on it; bytes are carried all the same. */
  readonly dialect?: DialectName
}

export const OPENAI_BASE_URL = 'https://api.openai.com/v1'

/** An endpoint of OpenAI's APIs: their own, or any of the many servers that speak Chat Completions. */
export function openaiWorker(options: OpenaiOptions, system: System): Worker {
  const key =
    options.apiKey === undefined ? undefined : { authorization: `Bearer ${checkedKey(options.apiKey)}` }
  const baseUrl = options.baseUrl ?? OPENAI_BASE_URL
  const upstream = createUpstream({ ...options, baseUrl }, system)

  return {
    kind: 'openai',
    wires: dialectFor(options.dialect, baseUrl).responses
      ? ['openai-chat', 'openai-responses']
      : ['openai-chat'],
    model: options.model,
    call({ path, headers, credentials = {}, body, stream }, signal) {
      const own = { 'content-type': 'application/json', ...(key ?? openaiCredentials(credentials)) }
      return upstream.call({ path, headers: sentHeaders(headers, own), body, stream }, signal)
    },
    probe: (signal) => upstream.probe(sentHeaders({}, { ...key }), signal),
    close: () => upstream.close(),
  }
}
