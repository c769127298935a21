/** How many a second, over the last ten full seconds: a ring of one counter a second. */
const SECONDS = 10

export interface Rate {
  count(nowMs: number): void
  perSecond(nowMs: number): number
}

export function createRate(): Rate {
  const counts = new Uint32Array(SECONDS + 1)
  let second = 0

  function moveTo(nowMs: number): void {
    const now = Math.floor(nowMs / 1000)
    if (now - second > SECONDS) counts.fill(0)
    else for (let passed = second + 1; passed <= now; passed++) counts[passed % counts.length] = 0
    second = Math.max(second, now)
  }

  return {
    count(nowMs) {
      moveTo(nowMs)
      const slot = second % counts.length
      counts[slot] = (counts[slot] ?? 0) + 1
    },
    perSecond(nowMs) {
      moveTo(nowMs)
      let total = 0
      for (let back = 1; back <= SECONDS; back++)
        total += counts[(second - back + counts.length * 2) % counts.length] ?? 0
      return total / SECONDS
    },
  }
}
