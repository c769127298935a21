/**
 * How many a second, over the last ten seconds, or over the time since the first was counted while that is shorter:
 * a ring of one counter a second.
 */
const SECONDS = 10

export interface Rate {
  count(nowMs: number): void
  perSecond(nowMs: number): number
}

export function createRate(): Rate {
  const counts = new Uint32Array(SECONDS + 1)
  let second = 0
  let firstMs: number | undefined

  function moveTo(nowMs: number): void {
    const now = Math.floor(nowMs / 1000)
    if (now - second > SECONDS) counts.fill(0)
    else for (let passed = second + 1; passed <= now; passed++) counts[passed % counts.length] = 0
    second = Math.max(second, now)
  }

  return {
    count(nowMs) {
      moveTo(nowMs)
      firstMs ??= nowMs
      const slot = second % counts.length
      counts[slot] = (counts[slot] ?? 0) + 1
    },
    perSecond(nowMs) {
      moveTo(nowMs)
      if (firstMs === undefined) return 0
      let total = 0
      for (const count of counts) total += count
      const windowMs = nowMs - Math.max(firstMs, (second - SECONDS) * 1_000)
      return total / Math.max(windowMs / 1_000, 1)
    },
  }
}
