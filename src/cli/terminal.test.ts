import { describe, expect, it } from 'vitest'
import { oneLine, progress, table } from './terminal.ts'

describe('a table', () => {
  it('aligns its columns and ends no line in blanks', () => {
    const columns = [{ title: 'worker' }, { title: 'n', align: 'right' as const }, { title: 'why' }]
    const text = table(columns, [
      ['opus-1', '7', ''],
      ['é', '123', 'x'],
    ])
    expect(text.split('\n')).toEqual(['worker    n  why', 'opus-1    7', 'é       123  x'])
  })
})

describe('one line', () => {
  it('holds nothing that moves the cursor, and ends in time', () => {
    expect(oneLine('a\u001b[31m\nb\u202ec')).toBe('a [31m b c')
    expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`)
  })
})

describe('progress', () => {
  it('is silent where nobody watches', () => {
    const written: string[] = []
    // Only what the bar uses of a stream.
    const stream = {
      isTTY: false,
      write: (text: string) => written.push(text),
    } as unknown as NodeJS.WriteStream
    const bar = progress('demo', 10, stream)
    bar.step(5)
    bar.end()
    expect(written).toEqual([])
  })

  it('draws over itself on a terminal and leaves nothing', () => {
    const written: string[] = []
    const stream = {
      isTTY: true,
      write: (text: string) => written.push(text),
    } as unknown as NodeJS.WriteStream
    const bar = progress('demo', 10, stream)
    bar.step(5)
    bar.end()
    expect(written[0]).toContain('5/10')
    expect(written.at(-1)).toBe('\r\u001b[K')
  })
})
