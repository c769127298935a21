/** What happens in one simulated call, and when: each step sets the timer for the next. */
import { SignalboxError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { WireReply, WireRequest } from '../../core/worker.ts'
import type { SimulatedCall } from './simulated-call.ts'
import { errorTypeOf, type SimulatedFaultKind } from './simulated-fault.ts'
import {
  composeReply,
  errorBody,
  errorEvent,
  type SimulatedEvents,
  type SimulatedReply,
} from './simulated-reply.ts'
import { countTokens, readRequest } from './simulated-request.ts'

/** All that was settled when the call began. */
export interface Plan {
  readonly model: string
  /** Until the last byte. */
  readonly latencyMs: number
  readonly fault: SimulatedFaultKind | undefined
  /** For the ids in the reply. */
  readonly ids: Random
  readonly timeoutMs: number
  readonly idleMs: number
}

/** The first token comes after this share of the latency. */
const FIRST_TOKEN_SHARE = 0.25
/** Failing is quicker than answering: that is why a broken worker looks tempting. */
const FAILURE_SHARE = 0.1
const OVERLOADED = 529

const sse = { 'content-type': 'text/event-stream; charset=utf-8' }

export function play(call: SimulatedCall, request: WireRequest, plan: Plan): void {
  const soonMs = plan.latencyMs * FAILURE_SHARE
  const [path] = request.path.split('?')
  if (path === '/v1/messages/count_tokens') {
    const body = Buffer.from(JSON.stringify({ input_tokens: countTokens(request.body) }))
    call.later(soonMs, () => call.answer(json(200, body)))
    return
  }
  if (path !== '/v1/messages') {
    call.later(soonMs, () => call.answer(errorReply(404, 'There is nothing at this path.')))
    return
  }
  const read = readRequest(request.body)
  if (read.kind === 'refused') {
    call.later(soonMs, () => call.answer(errorReply(400, read.message)))
    return
  }
  const reply = composeReply(read.request, plan.model, plan.ids)
  if (request.stream) playStream(call, reply, plan)
  else playWhole(call, reply, plan)
}

function playWhole(call: SimulatedCall, reply: SimulatedReply, plan: Plan): void {
  const { fault, latencyMs } = plan
  const soonMs = latencyMs * FAILURE_SHARE
  if (!fault) return call.later(latencyMs, () => call.answer(json(200, reply.whole())))
  switch (fault.kind) {
    case 'truncate': {
      const whole = reply.whole()
      const half = whole.subarray(0, whole.length / 2)
      return call.later(latencyMs, () => call.answer(json(200, half)))
    }
    case 'error-event':
      return call.later(soonMs, () => call.answer(errorReply(OVERLOADED, 'Overloaded')))
    default:
      return failBefore(call, fault, soonMs, plan.timeoutMs)
  }
}

function playStream(call: SimulatedCall, reply: SimulatedReply, plan: Plan): void {
  const { fault, latencyMs } = plan
  const firstMs = latencyMs * FIRST_TOKEN_SHARE
  const early = fault !== undefined && !('afterTokens' in fault && fault.afterTokens !== undefined)
  if (early && fault.kind !== 'truncate' && fault.kind !== 'error-event') {
    failBefore(call, fault, latencyMs * FAILURE_SHARE, plan.timeoutMs)
    return
  }
  call.later(firstMs, () => {
    call.begin(200, sse)
    if (early) {
      breakOff(call, fault, plan.idleMs)
      return
    }
    sendTokens(call, reply.events(), plan, latencyMs - firstMs)
  })
}

/** The first token at once, the last byte after `spanMs`. */
function sendTokens(call: SimulatedCall, events: SimulatedEvents, plan: Plan, spanMs: number): void {
  const { fault } = plan
  const stepMs = spanMs / events.tokens.length
  const until = fault && 'afterTokens' in fault ? fault.afterTokens : undefined
  let sent = 0
  function send(): void {
    const token = events.tokens[sent]
    if (fault && (sent === until || token === undefined)) return breakOff(call, fault, plan.idleMs)
    if (token === undefined) {
      call.push(events.tail)
      return call.end()
    }
    call.push(token)
    sent++
    call.later(stepMs, send)
  }
  call.push(events.head)
  send()
}

/** Without a stream, or before it: no byte of a reply comes. */
function failBefore(call: SimulatedCall, fault: SimulatedFaultKind, soonMs: number, timeoutMs: number): void {
  if (fault.kind === 'status') {
    const headers = fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }
    call.later(soonMs, () => call.answer(errorReply(fault.status, 'The simulated worker fails.', headers)))
  } else if (fault.kind === 'stall') {
    const late = new SignalboxError('worker-timeout', `no reply within ${timeoutMs} ms`)
    call.later(timeoutMs, () => call.fail(late))
  } else {
    call.later(soonMs, () => call.fail(new SignalboxError('worker-failed', 'connection reset')))
  }
}

/** In a stream that has begun. */
function breakOff(call: SimulatedCall, fault: SimulatedFaultKind, idleMs: number): void {
  switch (fault.kind) {
    case 'truncate':
      return call.end()
    case 'error-event':
      call.push(errorEvent('overloaded_error', 'Overloaded'))
      return call.end()
    case 'stall': {
      const stalled = new SignalboxError(
        'worker-stalled',
        `nothing came for ${idleMs} ms in the middle of the reply`,
      )
      return call.later(idleMs, () => call.fail(stalled))
    }
    default:
      return call.fail(new SignalboxError('worker-stalled', 'connection reset'))
  }
}

function json(status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): WireReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

function errorReply(status: number, message: string, headers?: Readonly<Record<string, string>>): WireReply {
  return json(status, errorBody(errorTypeOf(status), message), headers)
}
