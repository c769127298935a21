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
    // In turn, and the first turn for nothing: then neither of the two pays for the other's warm-up.
    const [, ...turns] = Array.from({ length: quick ? 2 : 4 }, () => ({
      decide: p50(samples, text, (content) => engine.decide({ content })),
      classify: p50(samples, text, (content) => engine.classify(content)),
    }))
    const decide = median(turns.map((turn) => turn.decide))
    const classify = median(turns.map((turn) => turn.classify))
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
  return median(times)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
