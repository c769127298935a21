import type { ErrorCode } from '../core/errors.ts'
import { type Failure, failed } from '../core/outcome.ts'
import { readRetryAfterMs } from './retry-after.ts'
import { readErrorBody, type UpstreamError } from './upstream-error.ts'

/**
 * What an upstream's error means for us: decided by its code, then its type, then the HTTP status; never by its words,
 * but for the two budget stops that Anthropic sends as a plain 400.
 * One table for all vendors: no name means two things, and compatible servers mix them.
 */
/** `elsewhere`: another account may have what this one does not. */
type Meaning =
  | 'elsewhere'
  | 'budget'
  | 'rate'
  | 'overload'
  | 'credentials'
  | 'timeout'
  | 'refused'
  | 'failed'
  | 'protocol'

/** A spent budget comes back when a person or a month changes it: long enough to go elsewhere, short enough to notice. */
export const BUDGET_STOP_MS = 600_000

/** Names that say more than the status that they come with. */
const exactNames: ReadonlyMap<string, Meaning> = new Map([
  ['insufficient_quota', 'budget'],
  ['credit_balance_exhausted', 'budget'],
  ['organization_spend_limit_exceeded', 'budget'],
  ['project_spend_limit_exceeded', 'budget'],
  ['organization_usage_limit_exceeded', 'budget'],
  ['enforced_spend_limit_reached', 'budget'],
  ['contract_spend_limit_reached', 'budget'],
  ['billing_hard_limit_reached', 'budget'],
  ['billing_not_active', 'budget'],
  ['billing_error', 'budget'],
  ['rate_limit_exceeded', 'rate'],
  ['ramp_limit_exceeded', 'rate'],
  ['slow_down', 'rate'],
  ['rate_limit_error', 'rate'],
  ['server_is_overloaded', 'overload'],
  ['service_unavailable_error', 'overload'],
  ['overloaded_error', 'overload'],
  ['invalid_api_key', 'credentials'],
  ['authentication_error', 'credentials'],
  ['permission_error', 'credentials'],
  ['timeout_error', 'timeout'],
  ['previous_response_not_found', 'elsewhere'],
  ['context_length_exceeded', 'refused'],
  ['misalignment_policy_violation', 'refused'],
])

/** Names that many errors share: they count where no status tells more, as inside a stream or a 200. */
const looseNames: ReadonlyMap<string, Meaning> = new Map([
  ['invalid_request_error', 'refused'],
  ['not_found_error', 'refused'],
  ['request_too_large', 'refused'],
  ['conflict_error', 'refused'],
  ['invalid_prompt', 'refused'],
  ['bio_policy', 'refused'],
  ['data_residency_mismatch', 'refused'],
  ['invalid_encrypted_content', 'refused'],
  ['server_error', 'failed'],
  ['api_error', 'failed'],
])

const outcomes: Readonly<Record<Meaning, { readonly code: ErrorCode; readonly blame: Failure['blame'] }>> = {
  elsewhere: { code: 'worker-refused', blame: 'account' },
  budget: { code: 'worker-budget-spent', blame: 'account' },
  rate: { code: 'worker-rate-limited', blame: 'account' },
  overload: { code: 'worker-overloaded', blame: 'worker' },
  credentials: { code: 'worker-credentials', blame: 'account' },
  timeout: { code: 'worker-timeout', blame: 'worker' },
  refused: { code: 'worker-refused', blame: 'caller' },
  failed: { code: 'worker-failed', blame: 'worker' },
  protocol: { code: 'worker-protocol', blame: 'worker' },
}

export interface UpstreamSituation {
  /** Absent for an error inside a stream. */
  readonly status?: number
  readonly retryAfterMs?: number | undefined
  /** The protocol knows from more than the names that a budget is spent. */
  readonly isBudgetStop?: boolean
}

export function failureOf(error: UpstreamError, situation: UpstreamSituation = {}): Failure {
  const status = situation.status ?? error.status
  const meaning = situation.isBudgetStop ? 'budget' : meaningOf(error, status)
  const { code, blame } = outcomes[meaning]
  const retryAfterMs = meaning === 'budget' ? BUDGET_STOP_MS : situation.retryAfterMs
  return failed(code, messageFor(meaning, error, status), blame, {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined || meaning === 'refused' ? {} : { retryAfterMs }),
  })
}

function meaningOf({ code, type, message }: UpstreamError, status: number | undefined): Meaning {
  const exact = exactNames.get(code ?? '') ?? exactNames.get(type ?? '')
  if (exact) return exact
  // An endpoint that is not there says nothing of the kind that the protocol would: the base URL is wrong.
  if ((status === 404 || status === 405) && message === undefined) return 'protocol'
  if (status !== undefined && status >= 400) return meaningOfStatus(status)
  const loose = looseNames.get(code ?? '') ?? looseNames.get(type ?? '')
  return loose ?? (status === undefined ? 'failed' : 'protocol')
}

function meaningOfStatus(status: number): Meaning {
  if (status === 401 || status === 403) return 'credentials'
  if (status === 402) return 'budget'
  if (status === 408 || status === 504) return 'timeout'
  if (status === 429) return 'rate'
  if (status === 503 || status === 529) return 'overload'
  if (status >= 400 && status < 500) return 'refused'
  if (status >= 500 && status < 600) return 'failed'
  return 'protocol'
}

/**
 * The caller needs the upstream's own words to mend a refused request. All other words are about the operator's
 * account and hosts (key fragments, organisation ids), which are not the caller's to read: only the name is kept.
 */
function messageFor(meaning: Meaning, error: UpstreamError, status: number | undefined): string {
  if ((meaning === 'refused' || meaning === 'elsewhere') && error.message !== undefined) return error.message
  const name = [error.code, error.type].find((text) => text !== undefined && /^[\w.:-]{1,64}$/.test(text))
  const what =
    status === undefined ? 'the worker reported an error in its stream' : `the worker answered ${status}`
  return name === undefined ? what : `${what} (${name})`
}

/**
 * What an error reply means.
 * @param isBudgetStop what the protocol knows of spent budgets beyond the names above.
 */
export function readUpstreamFailure(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  isBudgetStop: (error: UpstreamError) => boolean = () => false,
): Failure {
  const error = readErrorBody(body)
  return failureOf(error, {
    // An error inside a 200 may tell the status that it should have had.
    status: status < 400 ? (error.status ?? status) : status,
    retryAfterMs: readRetryAfterMs(headers),
    isBudgetStop: isBudgetStop(error),
  })
}
