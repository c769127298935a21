import { asArray, asObject, parseJson } from './json-value.ts'
import { readEvent, type SseEvent, type SseReader } from './sse.ts'

const LF = 0x0a
const CR = 0x0d

/**
 * What a stream ends in without its blank line. An event whose data is whole is given with that line: some servers leave
 * the last one out. Anything else was cut in the middle and is dropped: sent on, it would swallow what follows it.
 */
export function lastEvents(reader: SseReader): readonly SseEvent[] {
  return reader.end().flatMap((event) => {
    const { raw } = event
    if (endsInBlankLine(raw)) return [event]
    if (!isWhole(event.data)) return []
    return [readEvent(Buffer.concat([raw, Buffer.from(raw.at(-1) === LF ? '\n' : '\n\n')]))]
  })
}

/** A reader gives such an event at its end only where that line is a bare CR. */
function endsInBlankLine(raw: Buffer): boolean {
  return raw.at(-1) === CR && (raw.at(-2) === CR || raw.at(-2) === LF)
}

/** The beginning of a JSON object is none. */
function isWhole(data: string): boolean {
  const value = parseJson(data)
  return asObject(value) !== undefined || asArray(value) !== undefined || data.trim() === '[DONE]'
}
