import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUFFERED_BYTES_MAX, ReplyStream } from './reply-stream.ts'

function create(): { stream: ReplyStream; asked: string[] } {
  const asked: string[] = []
  const stream = new ReplyStream({
    pause: () => void asked.push('pause'),
    resume: () => void asked.push('resume'),
    cancel: () => void asked.push('cancel'),
  })
  return { stream, asked }
}

const quarter = Buffer.alloc(BUFFERED_BYTES_MAX / 4)

describe('the body of a streamed reply', () => {
  it('gives what was pushed, in order, whether the reader or the worker is first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.constant('read'), fc.nat({ max: 999 }))), async (steps) => {
        const { stream } = create()
        const pushed: string[] = []
        const reads: Promise<string>[] = []
        let reading: Promise<unknown> | undefined
        for (const step of steps) {
          if (step !== 'read') {
            pushed.push(String(step))
            stream.push(Buffer.from(String(step)))
            await reading
            reading = undefined
          } else if (!reading) {
            const read = stream.next().then(({ value }) => value?.toString() ?? 'end')
            reads.push(read)
            if (reads.length > pushed.length) reading = read
          }
        }
        stream.end()
        const seen = await Promise.all(reads)
        for await (const chunk of stream) seen.push(chunk.toString())
        expect(seen.filter((text) => text !== 'end')).toEqual(pushed)
      }),
    )
  })

  it('asks the worker to wait at a mebibyte, and to go on at half of it', async () => {
    const { stream, asked } = create()
    for (let n = 0; n < 4; n++) stream.push(quarter)
    expect(asked).toEqual(['pause'])
    expect(stream.paused).toBe(true)
    await stream.next()
    expect(asked).toEqual(['pause'])
    await stream.next()
    await stream.next()
    expect(asked).toEqual(['pause', 'resume'])
    expect(stream.paused).toBe(false)
  })

  it('counts what a chunk costs besides its bytes', () => {
    const { stream, asked } = create()
    for (let n = 0; n < 5_000; n++) stream.push(Buffer.from('x'))
    expect(asked).toEqual(['pause'])
  })

  it('does not wake a worker that has ended', async () => {
    const { stream, asked } = create()
    for (let n = 0; n < 4; n++) stream.push(quarter)
    stream.end()
    for await (const chunk of stream) expect(chunk.length).toBeGreaterThan(0)
    expect(asked).toEqual(['pause'])
  })

  it('gives what had come before it tells of a failure, once', async () => {
    const { stream } = create()
    stream.push(Buffer.from('a'))
    stream.fail(new Error('broken'))
    expect((await stream.next()).value?.toString()).toBe('a')
    await expect(stream.next()).rejects.toThrow('broken')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('tells of an abort at once, whatever waits', async () => {
    const { stream } = create()
    stream.push(Buffer.from('a'))
    stream.abort('gone')
    await expect(stream.next()).rejects.toBe('gone')
  })

  it('wakes a reader who waits, at the end, a failure and a return', async () => {
    const ended = create().stream
    const end = ended.next()
    ended.end()
    expect(await end).toMatchObject({ done: true })

    const failed = create().stream
    const failure = failed.next()
    failed.fail('broken')
    await expect(failure).rejects.toBe('broken')

    const left = create()
    const waiting = left.stream.next()
    await left.stream.return()
    expect(await waiting).toMatchObject({ done: true })
    expect(left.asked).toEqual(['cancel'])
  })

  it('cancels the worker once, and not after its end', async () => {
    const { stream, asked } = create()
    await stream.return()
    await stream.return()
    stream.push(Buffer.from('late'))
    expect(await stream.next()).toMatchObject({ done: true })
    expect(asked).toEqual(['cancel'])

    const { stream: other, asked: told } = create()
    other.push(Buffer.from('a'))
    other.end()
    await other.return()
    expect(await other.next()).toMatchObject({ done: true })
    expect(told).toEqual([])
  })

  it('forgets a failure that nobody read when the reader leaves', async () => {
    const { stream } = create()
    stream.fail(new Error('broken'))
    await stream.return()
    expect(await stream.next()).toMatchObject({ done: true })
  })

  it('refuses two reads at once', async () => {
    const { stream } = create()
    const first = stream.next()
    await expect(stream.next()).rejects.toMatchObject({ code: 'invariant-violated' })
    stream.end()
    await first
  })
})
