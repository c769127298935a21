/**
 * The lines of a byte stream, each at most `bytesMax` long: a longer one comes as `too-long` and its bytes are let go,
 * so that a file without line breaks cannot fill the memory. A last line needs no line break; `\r\n` ends a line too.
 */
export async function* linesOf(
  stream: AsyncIterable<Buffer | string>,
  bytesMax: number,
): AsyncGenerator<Buffer | 'too-long'> {
  let parts: Buffer[] = []
  let length = 0

  function take(part: Buffer): void {
    length += part.length
    if (length <= bytesMax) parts.push(part)
    else parts = []
  }

  function end(): Buffer | 'too-long' {
    const line = length > bytesMax ? 'too-long' : Buffer.concat(parts)
    parts = []
    length = 0
    return line
  }

  for await (const piece of stream) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece
    let from = 0
    for (;;) {
      const at = chunk.indexOf(0x0a, from)
      if (at < 0) break
      take(chunk.subarray(from, at))
      yield end()
      from = at + 1
    }
    take(chunk.subarray(from))
  }
  if (length > 0) yield end()
}
