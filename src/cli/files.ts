import { closeSync, openSync, readSync } from 'node:fs'

const CHUNK_BYTES = 64 * 1024

/**
 * Reads a file of at most `bytesMax` bytes; never more, whatever stands behind the path (a device, a pipe).
 * @throws Node's error, with its code.
 */
export function readFileUpTo(path: string, bytesMax: number): Buffer | 'too-large' {
  const file = openSync(path, 'r')
  try {
    const chunks: Buffer[] = []
    let length = 0
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const read = readSync(file, chunk)
      if (read === 0) return Buffer.concat(chunks, length)
      chunks.push(chunk.subarray(0, read))
      length += read
      if (length > bytesMax) return 'too-large'
    }
  } finally {
    closeSync(file)
  }
}

/** The same for a stream; what comes after the limit is not read. */
export async function readStreamUpTo(
  stream: AsyncIterable<Buffer | string>,
  bytesMax: number,
): Promise<Buffer | 'too-large'> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const piece of stream) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece
    chunks.push(chunk)
    length += chunk.length
    if (length > bytesMax) return 'too-large'
  }
  return Buffer.concat(chunks, length)
}
