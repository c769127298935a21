/**
 * Fakes for tests of what is built on Signalbox, the ones that its own tests use: a clock that moves when told to,
 * seeded chance, a worker that does what its script says, and a recording of everything the engine publishes.
 *
 * @example
 * const system = fakeSystem({ seed: 7 })
 * const worker = fakeWorker({ clock: system.clock, script: [{ kind: 'status', status: 529 }, { kind: 'answer', text: 'hello' }] })
 * const events = recordEvents(engine.events)
 * await system.clock.advanceAsync(1_000)
 * events.count('attempt-ended') // 2
 */
export { seededRandom } from '../core/random.ts'
export { type VirtualClock, virtualClock } from '../core/virtual-clock.ts'
export { type EventRecording, type RecordedEvent, recordEvents } from './event-recording.ts'
export { type FakeSystem, fakeSystem, type Sentence } from './fake-system.ts'
export { type FakeStep, type FakeWorker, type FakeWorkerOptions, fakeWorker } from './fake-worker.ts'
