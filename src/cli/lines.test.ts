import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from './lines.ts'

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0
  for (const size of sizes) {
    yield bytes.subarray(from, from + size)
    from += size
  }
  yield bytes.subarray(from)
}

async function read(chunks: AsyncIterable<Buffer>, bytesMax: number): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of linesOf(chunks, bytesMax)) lines.push(line === 'too-long' ? line : line.toString())
  return lines
}

describe('lines of a stream', () => {
  it('are the same however the bytes are cut', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' '), maxLength: 5 })
    const sizes = fc.array(fc.nat(7), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1 }), sizes, async (lines, cuts) => {
        const whole = Buffer.from(lines.join('\n'))
        const expected = lines.at(-1) === '' ? lines.slice(0, -1) : lines
        expect(await read(chunksOf(whole, cuts), 1_000)).toEqual(expected)
      }),
    )
  })

  it('that are too long are told, and the next ones are read', async () => {
    const bytes = Buffer.from(`ab\n${'x'.repeat(100)}\ncd`)
    expect(await read(chunksOf(bytes, [10, 10, 10]), 10)).toEqual(['ab', 'too-long', 'cd'])
  })
})
