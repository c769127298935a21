/**
 * What happens, as server-sent events, to everyone who listens: decisions, changes of state, and each second a
 * snapshot. Nothing is subscribed and no timer runs while nobody listens. Bounded three ways: so many listeners,
 * so many unread bytes each (a slower reader is cut off; it comes back and reads the log), and so many decisions a
 * second (a gateway under load must not spend itself on being watched; the snapshot says how many were left out).
 */
import type { ServerResponse } from 'node:http'
import { type Clock, every } from '../../core/clock.ts'
import type { Engine } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'

export const LISTENERS_MAX = 100
export const UNREAD_BYTES_MAX = 1024 * 1024
export const DECISIONS_PER_SECOND_MAX = 500
const SNAPSHOT_MS = 1_000
const HEARTBEAT_MS = 10_000

export interface Feed {
  /** Takes the response over, or gives the refusal and leaves it untouched. */
  attach(response: ServerResponse): SignalboxError | undefined
  /** Ends every stream, and begins no other. */
  close(): void
}

export function createFeed(engine: Engine, clock: Clock): Feed {
  const listeners = new Set<ServerResponse>()
  let stop: (() => void) | undefined
  let sent = 0
  let skipped = 0
  let closed = false

  function write(frame: string): void {
    const bytes = Buffer.from(frame)
    for (const listener of listeners) {
      if (listener.writableLength > UNREAD_BYTES_MAX) listener.destroy()
      else if (!listener.destroyed) listener.write(bytes)
    }
  }

  function snapshot(): string {
    return frameOf('snapshot', {
      mode: engine.mode(),
      ready: engine.ready(),
      workers: engine.workers(),
      queue: engine.queue(),
      skippedDecisions: skipped,
    })
  }

  function start(): () => void {
    const { events } = engine
    const ends = [
      events.subscribe('message-done', ({ record }) => {
        sent++
        if (sent <= DECISIONS_PER_SECOND_MAX) write(frameOf('decision', record))
        else skipped++
      }),
      events.subscribe('worker-state', (event) => write(frameOf('worker-state', event))),
      events.subscribe('breaker-state', (event) => write(frameOf('breaker-state', event))),
      events.subscribe('mode-changed', (event) => write(frameOf('mode-changed', event))),
    ]
    const timers = [
      every(clock, SNAPSHOT_MS, () => {
        write(snapshot())
        sent = 0
        skipped = 0
      }),
      every(clock, HEARTBEAT_MS, () => write(': here\n\n')),
    ]
    return () => {
      for (const end of ends) end()
      for (const timer of timers) timer.cancel()
    }
  }

  function leave(listener: ServerResponse): void {
    listeners.delete(listener)
    if (listeners.size > 0) return
    stop?.()
    stop = undefined
  }

  return {
    attach(response) {
      if (closed) return new SignalboxError('draining', 'this process is shutting down')
      if (listeners.size >= LISTENERS_MAX) return tooManyListeners()
      response.once('close', () => leave(response))
      // A write that meets a socket just gone: `close` follows and says all there is to say.
      response.on('error', () => {})
      response.writeHead(200, streamHeaders)
      response.write(`retry: 1000\n\n${snapshot()}`)
      listeners.add(response)
      stop ??= start()
      return undefined
    },
    close() {
      closed = true
      for (const listener of listeners) listener.end()
    },
  }
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Reverse proxies of the nginx family would hold events back otherwise.
  'x-accel-buffering': 'no',
}

function tooManyListeners(): SignalboxError {
  return new SignalboxError('queue-full', `${LISTENERS_MAX} listeners are here already`, {
    hint: 'Close a page that listens, or ask /api/decisions instead.',
    retryAfterMs: 10_000,
  })
}

function frameOf(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
