import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { eventually, fleetOf, startGateway, upstreamOf, workerOf } from './harness.ts'

const ask = { model: 'auto', max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] }

describe('an answer without end or measure', () => {
  it('that does not come to its content is cut, and its beginning not kept', async () => {
    const comments = Buffer.from(`: ${'x'.repeat(60_000)}\n\n`.repeat(40))
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [
        {
          kind: 'reply',
          status: 200,
          headers: { 'content-type': 'text/event-stream' },
          body: comments.toString(),
        },
      ],
    })
    const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), retry: { maxAttempts: 1 } })
    const reply = await gateway.post('/v1/messages', { ...ask, stream: true })
    expect([reply.status, JSON.stringify(await reply.json())]).toEqual([
      502,
      expect.stringContaining('does not come to its content'),
    ])
  })

  it('is whole for a slow reader, though the server is told to stop meanwhile', async () => {
    const text = 'x'.repeat(8_000_000)
    const upstream = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'answer', text }] })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const body = JSON.stringify(ask)
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const received: Buffer[] = []
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    socket.once('data', (part) => {
      received.push(part)
      socket.pause()
    })
    await eventually(() => expect(received).toHaveLength(1))
    const closed = gateway.close()
    socket.on('data', (part) => received.push(part))
    setImmediate(() => socket.resume())
    await new Promise((resolve) => socket.once('close', resolve))
    await closed
    expect(Buffer.concat(received).length).toBeGreaterThan(text.length)
  })
})

describe('odd requests that are meant well', () => {
  it('may name the whole URL', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const body = JSON.stringify(ask)
    const { port } = new URL(gateway.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `POST http://127.0.0.1:${port}/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const received: Buffer[] = []
    socket.on('data', (part) => received.push(part))
    await new Promise((resolve) => socket.once('close', resolve))
    expect(Buffer.concat(received).toString()).toMatch(/^HTTP\/1\.1 200/)
  })
})
