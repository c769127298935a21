import { describe, expect, it } from 'vitest'
import { realSystem } from '../../core/system.ts'
import { createWorker, type WorkerOptions } from './catalog.ts'

const examples: { readonly [Kind in WorkerOptions['kind']]: Extract<WorkerOptions, { kind: Kind }> } = {
  simulated: { kind: 'simulated', model: 'a' },
  anthropic: { kind: 'anthropic', model: 'b' },
  openai: { kind: 'openai', model: 'c', dialect: 'vllm' },
}

describe('the catalog of worker kinds', () => {
  it.each(Object.values(examples))('makes a worker of kind $kind', async (options) => {
    const worker = createWorker(options, realSystem())
    expect(worker).toMatchObject({
      kind: options.kind,
      model: options.model,
    })
    await worker.close()
  })
})
