import type { Failure } from '../../src/core/outcome.ts'
import type { Wire } from '../../src/core/wire.ts'
import { protocols } from '../../src/wire/catalog.ts'
import { type Json, translationOf } from './mapping.ts'
import { naming } from './replies.ts'
import { code } from './text.ts'

/** What errors of each protocol become in the others. */

/** What a worker answers in place of a reply. */
export interface Complaint {
  readonly wire: Wire
  readonly status: number
  readonly body: Json
}

const anthropicError = (status: number, type: string, message = 'x'): Complaint => ({
  wire: 'anthropic',
  status,
  body: { type: 'error', error: { type, message } },
})
const openaiError = (status: number, type: string, name: string | null, message = 'x'): Complaint => ({
  wire: 'openai-chat',
  status,
  body: { error: { message, type, code: name, param: null } },
})

export const complaints: readonly Complaint[] = [
  anthropicError(400, 'invalid_request_error'),
  anthropicError(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
  anthropicError(401, 'authentication_error'),
  anthropicError(402, 'billing_error'),
  anthropicError(403, 'permission_error'),
  anthropicError(404, 'not_found_error'),
  anthropicError(413, 'request_too_large'),
  anthropicError(429, 'rate_limit_error'),
  anthropicError(500, 'api_error'),
  anthropicError(504, 'timeout_error'),
  anthropicError(529, 'overloaded_error'),
  openaiError(400, 'invalid_request_error', 'unsupported_parameter'),
  openaiError(
    400,
    'invalid_request_error',
    'context_length_exceeded',
    'This model’s maximum context length is 1000 tokens, you sent 1200 tokens.',
  ),
  openaiError(401, 'invalid_request_error', 'invalid_api_key'),
  openaiError(403, 'invalid_request_error', 'misalignment_policy_violation'),
  openaiError(404, 'invalid_request_error', 'model_not_found'),
  openaiError(408, 'timeout', null),
  openaiError(429, 'rate_limit_error', 'rate_limit_exceeded'),
  openaiError(429, 'rate_limit_error', 'slow_down'),
  openaiError(429, 'insufficient_quota', 'insufficient_quota'),
  openaiError(500, 'server_error', null),
  openaiError(503, 'service_unavailable_error', 'server_is_overloaded'),
]

export function complaintCells(
  { wire, status, body }: Complaint,
  clients: readonly Wire[],
): readonly string[] {
  const bytes = Buffer.from(JSON.stringify(body))
  const failure = protocols[wire].readFailure(status, {}, bytes)
  return [
    errorCell(status, bytes),
    code(failure.code),
    ...clients.map((client) => (client === wire ? passedCell(status) : toldCell(client, wire, failure))),
  ]
}

/** 529 is the vendor's own: programs would take Signalbox for the vendor. */
function passedCell(status: number): string {
  return status === 529 ? 'as it came, with status 503' : 'as it came'
}

function toldCell(client: Wire, worker: Wire, failure: Failure): string {
  const { status, body } = translationOf(client, worker).error(failure, naming)
  return errorCell(status, body)
}

/** Status, type and code; and the words where programs read them. */
function errorCell(status: number, body: Buffer): string {
  const { error } = JSON.parse(body.toString()) as { readonly error: Readonly<Record<string, string | null>> }
  const { type, code: name, message } = error
  const head = code([status, type, name].filter((part) => part !== undefined && part !== null).join(' '))
  const [sentence = ''] = (message ?? '').split('. ')
  return /too long|context length/.test(sentence) ? `${head}<br>${sentence}` : head
}
