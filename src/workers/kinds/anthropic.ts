import type { CancelSignal } from '../../core/cancellation.ts'
import type { System } from '../../core/system.ts'
import type { Worker } from '../../core/worker.ts'
import { anthropicCredentials, checkedKey } from './credentials.ts'
import { sentHeaders } from './headers.ts'
import { createUpstream, type UpstreamOptions } from './upstream.ts'

export interface AnthropicOptions extends Partial<UpstreamOptions> {
  readonly kind: 'anthropic'
  readonly model: string
  /** As the vendor's SDK takes it, without /v1. Default: Anthropic's own. */
  readonly baseUrl?: string
  /** Without one, the caller's credential is passed on. */
  readonly apiKey?: string
}

export const ANTHROPIC_BASE_URL = 'https://api.anthropic.com'
/** What a request without a version is taken to mean: the oldest that is still served. */
const VERSION = '2023-06-01'

/** An endpoint of Anthropic's Messages API: their own, or any server that speaks it. */
export function anthropicWorker(options: AnthropicOptions, system: System): Worker {
  const key = options.apiKey === undefined ? undefined : { 'x-api-key': checkedKey(options.apiKey) }
  const upstream = createUpstream({ ...options, baseUrl: options.baseUrl ?? ANTHROPIC_BASE_URL }, system)

  return {
    kind: 'anthropic',
    wires: ['anthropic'],
    model: options.model,
    call({ path, headers, credentials = {}, body, stream }, signal) {
      const version = headers['anthropic-version']
      const own = {
        'content-type': 'application/json',
        'anthropic-version': version ?? VERSION,
        ...(key ?? anthropicCredentials(credentials, version !== undefined)),
      }
      return upstream.call({ path, headers: sentHeaders(headers, own), body, stream }, signal)
    },
    ...(key && {
      listing: (signal: CancelSignal) =>
        upstream.get(
          `/v1/models/${encodeURIComponent(options.model)}`,
          sentHeaders({}, { 'anthropic-version': VERSION, ...key }),
          signal,
        ),
    }),
    probe: (signal) => upstream.probe(sentHeaders({}, { 'anthropic-version': VERSION, ...key }), signal),
    close: () => upstream.close(),
  }
}
