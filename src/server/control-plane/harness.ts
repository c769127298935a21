/** For tests: the control plane on a real socket of a free port, with a fake engine behind it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DecisionRecord } from '../../core/decision.ts'
import { SignalboxError } from '../../core/errors.ts'
import { seededRandom } from '../../core/random.ts'
import { silentLog } from '../../core/system.ts'
import { virtualClock } from '../../core/virtual-clock.ts'
import { type FakeEngine, fakeEngine, type FakeEngineOptions } from '../../testing/fake-engine.ts'
import { type ControlPlane, createControlPlane } from './api.ts'
import type { ControlPlaneDeps, TraceRecord } from './deps.ts'

export interface RunningControlPlane {
  readonly url: string
  readonly port: number
  readonly engine: FakeEngine
  readonly plane: ControlPlane
  readonly clock: ReturnType<typeof virtualClock>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function runControlPlane(
  changes: Partial<ControlPlaneDeps> & { readonly fake?: FakeEngineOptions; readonly port?: number } = {},
): Promise<RunningControlPlane> {
  const { fake, port: wanted = 0, ...deps } = changes
  const engine = fakeEngine(fake)
  const clock = virtualClock()
  const records: DecisionRecord[] = []
  const traces = new Map<string, TraceRecord>()
  engine.events.subscribe('message-done', ({ record, spans }) => {
    records.unshift(record)
    traces.set(record.id, { id: record.id, decision: record, spans })
  })
  const plane = await createControlPlane({
    engine,
    system: { clock, random: seededRandom(7), log: silentLog },
    decisions: {
      async newest(limit, before) {
        const from = before === undefined ? 0 : records.findIndex(({ id }) => id === before) + 1
        return records.slice(from, from + limit)
      },
    },
    traces: { find: (id) => traces.get(id) },
    metrics: { contentType: 'text/plain; version=0.0.4', text: async () => 'signalbox_up 1\n' },
    config: { auth: { adminToken: '***' } },
    classifyWith(packs) {
      if (packs.every((pack) => pack === 'general')) return { classify: ({ text }) => engine.classify(text) }
      throw new SignalboxError('invalid-message', 'there is no such pack', { path: 'packs' })
    },
    access: { control: () => undefined, metrics: () => undefined },
    loopback: true,
    bodyBytes: 4 * 1024 * 1024,
    ...deps,
  })
  const server = createServer((request, response) => plane.handle(request, response))
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve))
  // A TCP server that listens has an AddressInfo.
  const { port } = server.address() as AddressInfo

  async function close(): Promise<void> {
    await plane.close()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return { url: `http://127.0.0.1:${port}`, port, engine, plane, clock, close, [Symbol.asyncDispose]: close }
}

/** The JSON of an answer, in the shape that the test is about to look at. */
export async function jsonOf<Shape>(response: Response): Promise<Shape> {
  // A wrong guess shows in the assertions that follow.
  return (await response.json()) as Shape
}
