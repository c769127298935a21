/** `POST /v1/messages/count_tokens`: how long a prompt is. */
import type { ServerResponse } from 'node:http'
import type { Ask, Engine } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'

/** Rejects with a SignalboxError. */
export async function writeCount(
  res: ServerResponse,
  ask: Ask,
  engine: Engine,
  traceId: string,
): Promise<void> {
  const gone = new AbortController()
  res.on('close', () => {
    if (!res.writableFinished) gone.abort(new SignalboxError('cancelled', 'the caller went away.'))
  })
  const { status, headers, body, estimated } = await engine.countTokens({ ...ask, signal: gone.signal })
  res.writeHead(status, {
    ...headers,
    'content-length': body.length,
    'x-signalbox-trace': traceId,
    ...(estimated && { 'x-signalbox-estimated': 'true' }),
  })
  res.end(body)
}
