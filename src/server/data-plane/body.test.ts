import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { SignalboxError } from '../../core/errors.ts'
import { readBody } from './body.ts'
import { BodyBudget } from './body-budget.ts'

const servers: { close(): unknown }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A server that says how long the body was, or why it took none; it answers when told. */
async function reader(bytesMax: number, budget: BodyBudget, hold?: Promise<void>): Promise<string> {
  const server = createServer((req, res) => {
    readBody(req, res, { bytesMax, budget }).then(
      async (body) => {
        await hold
        res.end(String(body.length))
      },
      (error: unknown) => res.end(SignalboxError.from(error).code),
    )
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const send = async (url: string, body: string, headers: Record<string, string> = {}): Promise<string> =>
  (await fetch(url, { method: 'POST', body, headers })).text()

describe('readBody', () => {
  it('gives the body whole, and its memory back when the answer has gone', async () => {
    const budget = new BodyBudget(100)
    const url = await reader(50, budget)
    expect(await send(url, 'x'.repeat(50))).toBe('50')
    expect(await send(url, 'x'.repeat(50))).toBe('50')
    expect(budget.held).toBe(0)
  })

  it('refuses what is longer than the limit', async () => {
    expect(await send(await reader(50, new BodyBudget(100)), 'x'.repeat(51))).toBe('message-too-large')
  })

  it('refuses what is announced as longer before any of it has come', async () => {
    const { port } = new URL(await reader(50, new BodyBudget(100)))
    const head = 'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 51\r\nconnection: close\r\n\r\n'
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(head))
    const [reply] = await once(socket, 'data')
    expect(String(reply)).toContain('message-too-large')
    socket.destroy()
  })

  it('refuses what does not fit beside the others, and takes it when they have gone', async () => {
    const budget = new BodyBudget(100)
    let release: () => void = () => undefined
    const hold = new Promise<void>((resolve) => {
      release = resolve
    })
    const url = await reader(80, budget, hold)
    const first = send(url, 'x'.repeat(80))
    await expect.poll(() => budget.held).toBe(80)
    expect(await send(url, 'x'.repeat(30))).toBe('queue-full')
    release()
    expect(await first).toBe('80')
    expect(await send(url, 'x'.repeat(30))).toBe('30')
  })

  it('refuses packed bodies', async () => {
    const url = await reader(50, new BodyBudget(100))
    expect(await send(url, 'x', { 'content-encoding': 'gzip' })).toBe('unsupported-media-type')
  })
})
