import type { Place } from './port.ts'

/** A Signalbox that already listens at a place, as its /readyz tells. */
export interface RunningSignalbox {
  readonly ready: boolean
}

const ANSWER_LIMIT_MS = 2_000

/** Who listens there: undefined for anything but a Signalbox. Never throws. */
export async function runningAt({ host, port }: Place): Promise<RunningSignalbox | undefined> {
  try {
    const response = await fetch(`http://${reachable(host)}:${port}/readyz`, {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      redirect: 'error',
    })
    const answer: unknown = await response.json()
    if (typeof answer !== 'object' || answer === null || !('mode' in answer) || !('ready' in answer))
      return undefined
    return typeof answer.ready === 'boolean' ? { ready: answer.ready } : undefined
  } catch {
    return undefined
  }
}

/** One can listen on every address at once, but not ask it. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
