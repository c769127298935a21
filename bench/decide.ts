/** What a whole dry-run decision costs: classify, resolve, select, explain; without the cache's help. */
import { composeEngine } from '../src/compose.ts'
import { parseConfig } from '../src/config/load.ts'
import { defaultConfig } from '../src/config/preset.ts'
import { systemClock } from '../src/core/clock.ts'
import { realSystem } from '../src/core/system.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const SENTENCE =
  'Please look at the overall plan and tell me what you would do about the parser in module seven. '

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const engine = composeEngine(parseConfig(defaultConfig({})), realSystem())
  const samples = quick ? 200 : 5_000
  const rows = [200, 2_000].map((bytes): BenchRow => {
    let number = 0
    // Each text is new, so that the cache never answers.
    const text = (): string => `${number++} ${SENTENCE.repeat(40)}`.slice(0, bytes)
    const decide = p50(samples, text, (content) => engine.decide({ content }))
    const classify = p50(samples, text, (content) => engine.classify(content))
    return {
      name: `decide, ${bytes} B`,
      ours: decide,
      unit: 'µs',
      reference: { name: 'classify alone', value: classify },
      ...(bytes === 2_000 && { target: '≤ 40 µs' }),
    }
  })
  await engine.close()
  return rows
}

/** Median time of one call, in microseconds. */
function p50(samples: number, text: () => string, call: (text: string) => unknown): number {
  const times: number[] = []
  for (let sample = -samples / 4; sample < samples; sample++) {
    const input = text()
    const startMs = systemClock.now()
    call(input)
    if (sample >= 0) times.push((systemClock.now() - startMs) * 1_000)
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}
