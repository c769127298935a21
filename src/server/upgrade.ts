/**
 * WebSockets are not spoken here: who asks for one is told so, and can go on over HTTP. Offers of other protocols (h2c)
 * are passed over, as HTTP allows: the request is answered as it is.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SignalboxError } from '../core/errors.ts'
import type { Protocol } from '../wire/protocol.ts'
import { writeError } from './data-plane/respond.ts'

export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase().includes('websocket') === true
}

export function refuseWebSocket(
  res: ServerResponse,
  path: string,
  protocol: Protocol,
  traceId: string,
): void {
  // RFC 9110 wants to hear what would be spoken instead; the client's own bytes after this head are no request.
  res.setHeader('upgrade', 'HTTP/1.1')
  res.setHeader('connection', 'upgrade, close')
  const error = new SignalboxError('upgrade-refused', `${path.slice(0, 100)} is not served over a WebSocket.`)
  writeError(res, error, protocol, traceId)
}
