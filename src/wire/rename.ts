import { SignalboxError } from '../core/errors.ts'
import { JsonScanner, OPEN_OBJECT } from './json-scanner.ts'
import { keyName, type Names, type Span } from './json-text.ts'
import { dataSpan, type SseEvent, writeData, writeEvent } from './sse.ts'

/**
 * Puts another value in place of one member of a reply, every other byte as it was. What is no JSON, or lacks the
 * member, comes back as it is: whether a reply is one is for others to judge.
 */

/** @param path the member's name under the root, or under the member named before. */
export function replaceMember(body: Buffer, path: readonly Names[], value: Buffer): Buffer {
  const span = findMember(body, 0, path)
  return span ? spliced(body, span, value) : body
}

/** The same in an event's data. */
export function replaceEventMember(event: SseEvent, path: readonly Names[], value: Buffer): Buffer {
  const data = dataSpan(event)
  if (data) {
    const span = findMember(event.raw, data.start, path)
    return span ? spliced(event.raw, span, value) : event.raw
  }
  // Spread over several data lines, or none at all: rare enough to write anew.
  const body = Buffer.from(event.data)
  const renamed = replaceMember(body, path, value)
  if (renamed === body) return event.raw
  return event.name === '' ? writeData(renamed.toString()) : writeEvent(event.name, renamed.toString())
}

function spliced(body: Buffer, { start, end }: Span, value: Buffer): Buffer {
  return Buffer.concat([body.subarray(0, start), value, body.subarray(end)])
}

/** Looks no further than the member: a model's name stands near the beginning. */
function findMember(body: Buffer, from: number, path: readonly Names[]): Span | undefined {
  const scanner = new JsonScanner(body, from)
  try {
    for (const [level, names] of path.entries()) {
      if (scanner.space() !== OPEN_OBJECT || !seekMember(scanner, names)) return undefined
      if (level < path.length - 1) continue
      const start = scanner.at
      scanner.value()
      return { start, end: scanner.at }
    }
  } catch (error) {
    if (!SignalboxError.is(error)) throw error
  }
  return undefined
}

/** Leaves the cursor at the member's value. */
function seekMember(scanner: JsonScanner, names: Names): boolean {
  for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
    scanner.key()
    if (keyName(scanner, names) !== undefined) return true
    scanner.value()
  }
  return false
}
