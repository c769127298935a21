/** For what no HTTP client would send: bytes on a socket, and all that comes back until the server hangs up. */
import { connect, type Socket } from 'node:net'

export interface RawReply {
  readonly status: number
  readonly head: string
  readonly body: string
}

/**
 * @param send writes the request; ends with `connection: close`, or with what makes the server hang up.
 */
export function rawExchange(port: number, send: (socket: Socket) => void): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => send(socket))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', (error) => (chunks.length > 0 ? resolve(replyOf(chunks)) : reject(error)))
    socket.on('close', () => resolve(replyOf(chunks)))
  })
}

/** A whole request in one piece; the body's length is added. */
export function rawPost(
  port: number,
  path: string,
  body: string | Buffer,
  headers: readonly string[] = [],
): Promise<RawReply> {
  const bytes = Buffer.from(body)
  const lines = ['content-type: application/json', `content-length: ${bytes.length}`, ...headers]
  const named = lines.some((line) => line.startsWith('host:')) ? lines : ['host: 127.0.0.1', ...lines]
  const head = [`POST ${path} HTTP/1.1`, 'connection: close', ...named, '', ''].join('\r\n')
  return rawExchange(port, (socket) => socket.write(Buffer.concat([Buffer.from(head, 'latin1'), bytes])))
}

function replyOf(chunks: readonly Buffer[]): RawReply {
  const text = Buffer.concat(chunks).toString()
  const end = text.indexOf('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    head: text.slice(0, end),
    body: text.slice(end + 4),
  }
}
