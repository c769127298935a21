/** The kinds of workers. To add one: its file, and a line in each of the three places here. */
import type { System } from '../../core/system.ts'
import type { Worker } from '../../core/worker.ts'
import { type AnthropicOptions, anthropicWorker } from './anthropic.ts'
import { type OpenaiOptions, openaiWorker } from './openai.ts'
import { type SimulatedOptions, simulatedWorker } from './simulated.ts'

export type WorkerOptions = SimulatedOptions | AnthropicOptions | OpenaiOptions

export type Vendor = 'anthropic' | 'openai' | 'simulated'

/** `vendor`: whose models it offers, for names that no route, pool or model of ours has. */
export const workerKinds = {
  simulated: { vendor: 'simulated' },
  anthropic: { vendor: 'anthropic' },
  openai: { vendor: 'openai' },
} as const satisfies Record<WorkerOptions['kind'], { readonly vendor: Vendor }>

/** @throws SignalboxError invalid-config for a base URL or a key that cannot be used. */
export function createWorker(options: WorkerOptions, system: System): Worker {
  switch (options.kind) {
    case 'simulated':
      return simulatedWorker(options, system)
    case 'anthropic':
      return anthropicWorker(options, system)
    case 'openai':
      return openaiWorker(options, system)
  }
}
