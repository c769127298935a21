import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { protocols } from '../wire/catalog.ts'
import { asksForWebSocket, refuseWebSocket } from './upgrade.ts'

function request(upgrade?: string): IncomingMessage {
  const req = new IncomingMessage(new Socket())
  if (upgrade !== undefined) req.headers.upgrade = upgrade
  return req
}

describe('a request that would change the protocol', () => {
  it.each([
    ['websocket', true],
    ['WebSocket, h2c', true],
    ['h2c', false],
    [undefined, false],
  ])('is one for a WebSocket or not: %s', (upgrade, asks) => {
    expect(asksForWebSocket(request(upgrade))).toBe(asks)
  })

  it('is told a long path by its beginning alone', () => {
    const res = new ServerResponse(request('websocket'))
    const written: Buffer[] = []
    res.end = (body: unknown): ServerResponse => {
      written.push(body as Buffer)
      return res
    }
    refuseWebSocket(res, `/${'x'.repeat(500)}`, protocols.anthropic, 'trace')
    expect(res.statusCode).toBe(426)
    const { error } = JSON.parse(Buffer.concat(written).toString())
    expect(error.message).toContain(`/${'x'.repeat(99)} is not served`)
  })
})
