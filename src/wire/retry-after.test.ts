import { describe, expect, it } from 'vitest'
import { readRetryAfterMs } from './retry-after.ts'

describe('how long an upstream asks to wait', () => {
  it.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['nothing', {}, undefined],
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['parts of a second', { 'retry-after': '0.25' }, 250],
    ['milliseconds, which win', { 'retry-after-ms': '120', 'retry-after': '7' }, 120],
    ['milliseconds that are none', { 'retry-after-ms': 'soon', 'retry-after': '7' }, 7_000],
    ['less than nothing', { 'retry-after': '-1' }, 0],
    ['for ever', { 'retry-after': '1e12' }, 600_000],
    ['infinity', { 'retry-after': 'Infinity' }, 600_000],
    ['words', { 'retry-after': 'tomorrow' }, undefined],
    ['an empty value', { 'retry-after': ' ' }, undefined],
    ['NaN', { 'retry-after': 'NaN' }, undefined],
    [
      'a date by the same clock',
      { 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT', date: 'Tue, 24 Nov 2026 10:00:00 GMT' },
      30_000,
    ],
    [
      'a date that has passed',
      { 'retry-after': 'Tue, 24 Nov 2026 09:00:00 GMT', date: 'Tue, 24 Nov 2026 10:00:00 GMT' },
      0,
    ],
    ['a date without a clock', { 'retry-after': 'Tue, 24 Nov 2026 10:00:30 GMT' }, undefined],
  ])('%s', (_name, headers, ms) => {
    expect(readRetryAfterMs(headers)).toBe(ms)
  })
})
