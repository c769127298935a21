import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { createSseReader, readEvent, type SseEvent, writeData, writeEvent } from './sse.ts'

interface Plain {
  readonly name: string
  readonly data: string
  readonly raw: string
}

const plain = (event: SseEvent): Plain => ({
  name: event.name,
  data: event.data,
  raw: event.raw.toString('latin1'),
})

function readWhole(bytes: Buffer): readonly Plain[] {
  const reader = createSseReader()
  return [...reader.push(bytes), ...reader.end()].map(plain)
}

function readCut(bytes: Buffer, sizes: readonly number[]): readonly Plain[] {
  const reader = createSseReader()
  const events: SseEvent[] = []
  let at = 0
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    // A copy that is wiped afterwards: an event must not lean on bytes of an earlier chunk's memory by accident.
    events.push(...reader.push(Buffer.from(bytes.subarray(at, at + size))))
    at += size
  }
  return [...events, ...reader.end()].map(plain)
}

const read = (text: string): readonly Plain[] => readWhole(Buffer.from(text))
const facts = (text: string): readonly [string, string][] =>
  read(text)
    .filter((event) => event.data !== '')
    .map((event) => [event.name, event.data])

describe('the reader of server-sent events', () => {
  it('gives name, data and the bytes of each event', () => {
    expect(read('event: ping\ndata: {"a":1}\n\ndata: x\n\n')).toEqual([
      { name: 'ping', data: '{"a":1}', raw: 'event: ping\ndata: {"a":1}\n\n' },
      { name: '', data: 'x', raw: 'data: x\n\n' },
    ])
  })

  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('takes %s as the end of a line', (_name, end) => {
    const text = ['event: a', 'data: 1', 'data: 2', '', 'data: 3', '', ''].join(end)
    expect(facts(text)).toEqual([
      ['a', '1\n2'],
      ['', '3'],
    ])
  })

  it('takes data without a space after the colon, and keeps all spaces but the first', () => {
    expect(facts('data:x\n\ndata:  y \n\n')).toEqual([
      ['', 'x'],
      ['', ' y '],
    ])
  })

  it('joins several data lines by line feeds, also empty ones', () => {
    expect(facts('data: a\ndata\ndata:\ndata: b\n\n')).toEqual([['', 'a\n\n\nb']])
  })

  it('takes fields in any order, the last event field winning', () => {
    expect(facts('data: 1\nevent: a\nid: 7\nretry: 3\nevent: b\ndata: 2\n\n')).toEqual([['b', '1\n2']])
  })

  it('ignores fields that only begin like one of ours', () => {
    expect(facts('dataset: 1\nevents: 2\ndat: 3\nev: 4\ndata: 5\n\n')).toEqual([['', '5']])
  })

  it('skips comments but keeps their bytes', () => {
    const text = ': OPENROUTER PROCESSING\n\n: keep-alive\ndata: x\n\n\n\n'
    expect(read(text)).toEqual([
      { name: '', data: '', raw: ': OPENROUTER PROCESSING\n\n' },
      { name: '', data: 'x', raw: ': keep-alive\ndata: x\n\n' },
      { name: '', data: '', raw: '\n' },
      { name: '', data: '', raw: '\n' },
    ])
  })

  it('skips a byte order mark at the start', () => {
    expect(facts('\uFEFFdata: x\n\n')).toEqual([['', 'x']])
    expect(facts('\uFEFFevent: a\ndata: x\n\n')).toEqual([['a', 'x']])
  })

  it('gives the last event although its blank line is missing', () => {
    expect(facts('data: a\n\ndata: [DONE]')).toEqual([
      ['', 'a'],
      ['', '[DONE]'],
    ])
    expect(facts('data: [DONE]\n')).toEqual([['', '[DONE]']])
    expect(facts('data: [DONE]\r\n\r')).toEqual([['', '[DONE]']])
  })

  it('does not give an unfinished event without data', () => {
    expect(read('event: message_stop\n')).toEqual([])
    expect(read(': bye')).toEqual([])
  })

  it('gives an event with its blank line at once', () => {
    const reader = createSseReader()
    expect(reader.push(Buffer.from('data: a\n'))).toHaveLength(0)
    expect(reader.push(Buffer.from('\n'))).toHaveLength(1)
  })

  it('survives a character cut in the middle', () => {
    const bytes = Buffer.from('data: π😀漢\n\n')
    expect(readCut(bytes, [1]).map((event) => event.data)).toEqual(['π😀漢'])
  })

  it('refuses an event beyond its limit, and stays refused', () => {
    for (const sizes of [[64], [1]]) {
      const reader = createSseReader({ eventBytesMax: 32 })
      const push = (): void => {
        const bytes = Buffer.alloc(64, 'data: x')
        for (let at = 0; at < 64; at += sizes[0] ?? 1) reader.push(bytes.subarray(at, at + (sizes[0] ?? 1)))
      }
      expect(push).toThrow(SignalboxError)
      expect(() => reader.push(Buffer.from('data: x\n\n'))).toThrow(/longer than 32 bytes/)
    }
    expect(createSseReader({ eventBytesMax: 9 }).push(Buffer.from('data: x\n\n'))).toHaveLength(1)
    expect(() => createSseReader({ eventBytesMax: 8 }).push(Buffer.from('data: x\n\n'))).toThrow(
      SignalboxError,
    )
  })

  it('reads a line of 8 MiB in chunks of 16 bytes without looking at its start again', () => {
    const reader = createSseReader()
    const chunk = Buffer.alloc(16, 0x61)
    reader.push(Buffer.from('data: '))
    for (let sent = 0; sent < 8 * 1024 * 1024; sent += 16) reader.push(chunk)
    const [event] = reader.push(Buffer.from('\n\n'))
    expect(event?.data).toHaveLength(8 * 1024 * 1024)
  }, 3_000)

  it('finds the fields of 200,000 lines without rescanning', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      const text = `data: x${end}`.repeat(200_000) + end
      expect(facts(text)[0]?.[1]).toHaveLength(399_999)
    }
  }, 3_000)
})

/** What the standard says, told in the plainest way, for whole texts. */
function byTheStandard(text: string): readonly [string, string][] {
  const events: [string, string][] = []
  let name = ''
  let data: string[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0 && data.join('\n') !== '') events.push([name, data.join('\n')])
      name = ''
      data = []
      continue
    }
    const match = /^([^:]*)(?:: ?(.*))?$/s.exec(line)
    if (match?.[1] === 'event') name = match[2] ?? ''
    if (match?.[1] === 'data') data.push(match[2] ?? '')
  }
  if (data.length > 0 && data.join('\n') !== '') events.push([name, data.join('\n')])
  return events
}

const end = fc.constantFrom('\n', '\n', '\r\n', '\r')
const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text}`),
  fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => `data:${text}`),
  fc.constantFrom(
    'data',
    'data:',
    'event: error',
    'event:ping',
    'event',
    ': note',
    ':',
    'id: 4',
    'retry: 1',
    '',
    '',
  ),
  fc.string({ maxLength: 6 }),
)
const streamText = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(line, end), { maxLength: 30 }), fc.string({ maxLength: 8 }))
  .map(([mark, lines, tail]) => (mark ? '\uFEFF' : '') + lines.map((pair) => pair.join('')).join('') + tail)
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })

describe('any stream of events', () => {
  it('gives the same events however its bytes are cut', () => {
    fc.assert(
      fc.property(streamText, sizes, (text, cuts) => {
        const bytes = Buffer.from(text)
        expect(readCut(bytes, cuts)).toEqual(readWhole(bytes))
      }),
      { numRuns: 500 },
    )
  })

  it('is the sum of its events’ bytes, but for an unfinished end without data', () => {
    fc.assert(
      fc.property(streamText, sizes, (text, cuts) => {
        const bytes = Buffer.from(`${text}\n\n`)
        const raws = readCut(bytes, cuts).map((event) => Buffer.from(event.raw, 'latin1'))
        expect(Buffer.concat(raws).equals(bytes)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('means what the standard says', () => {
    fc.assert(
      fc.property(streamText, (text) => {
        expect(facts(text)).toEqual(byTheStandard(text))
      }),
      { numRuns: 500 },
    )
  })

  it('may be any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), sizes, (array, cuts) => {
        const bytes = Buffer.from(array)
        expect(readCut(bytes, cuts)).toEqual(readWhole(bytes))
      }),
    )
  })
})

describe('the writer', () => {
  it('writes what the reader reads', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ping', 'error', 'message_stop'),
        fc.string({ minLength: 1 }),
        (name, text) => {
          const data = JSON.stringify({ text })
          expect(plain(readEvent(writeEvent(name, data)))).toMatchObject({ name, data })
          expect(plain(readEvent(writeData(data)))).toMatchObject({ name: '', data })
        },
      ),
    )
  })

  it('writes the form that the vendors write', () => {
    expect(writeEvent('ping', '{"type": "ping"}').toString()).toBe('event: ping\ndata: {"type": "ping"}\n\n')
    expect(writeData('[DONE]').toString()).toBe('data: [DONE]\n\n')
  })

  it('spreads text with line breaks over several data lines', () => {
    expect(readEvent(writeData('a\nb\r\nc\rd')).data).toBe('a\nb\nc\nd')
  })
})
