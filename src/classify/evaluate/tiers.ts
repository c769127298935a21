/**
 * Several tiers with their prices: each prompt goes to the tier with the highest P(good) − λ × price. Turning λ from
 * dear to cheap gives a line of cost and quality, which must lie above what mixing the tiers by chance would give:
 * the upper hull of the single tiers.
 */
export interface TieredAnswer {
  readonly outcomes: readonly number[]
  /** P(good) of each tier, as was said. */
  readonly said: readonly number[]
}

export interface CostPoint {
  readonly cost: number
  readonly quality: number
}

export interface TierCurve {
  /** Each tier alone. */
  readonly single: readonly CostPoint[]
  readonly routed: readonly CostPoint[]
  /** Quality of the routed line less that of the hull, in points of 100: on average over the costs, and at most. */
  readonly aboveHullMean: number
  readonly aboveHullMax: number
}

const LAMBDAS = 400
const COSTS = 100

export function tierCurve(answers: readonly TieredAnswer[], prices: readonly number[]): TierCurve {
  const single = prices.map((cost, tier) => ({
    cost,
    quality: meanOf(answers, ({ outcomes }) => outcomes[tier] as number),
  }))
  const routed = routedPoints(answers, prices)
  const hull = upperHull(single)
  const low = Math.min(...prices)
  const high = Math.max(...prices)
  let sum = 0
  let most = -Infinity
  for (let step = 1; step < COSTS; step++) {
    const cost = low + ((high - low) * step) / COSTS
    const above = 100 * (qualityAt(routed, cost) - qualityAt(hull, cost))
    sum += above
    most = Math.max(most, above)
  }
  return { single, routed, aboveHullMean: sum / (COSTS - 1), aboveHullMax: most }
}

/** One point a λ, cost rising. */
function routedPoints(answers: readonly TieredAnswer[], prices: readonly number[]): readonly CostPoint[] {
  const spread = Math.max(...prices) - Math.min(...prices)
  const points: CostPoint[] = []
  for (let step = 0; step <= LAMBDAS; step++) {
    // From a λ that no P(good) outweighs down to one that no price does, in even steps of its logarithm.
    const lambda = (2 / spread) * 10 ** ((-4 * step) / LAMBDAS)
    let cost = 0
    let quality = 0
    for (const { said, outcomes } of answers) {
      let best = 0
      for (let tier = 1; tier < prices.length; tier++)
        if (worth(said, prices, tier, lambda) > worth(said, prices, best, lambda)) best = tier
      cost += prices[best] as number
      quality += outcomes[best] as number
    }
    points.push({ cost: cost / answers.length, quality: quality / answers.length })
  }
  return points.toSorted((one, other) => one.cost - other.cost || one.quality - other.quality)
}

function worth(said: readonly number[], prices: readonly number[], tier: number, lambda: number): number {
  return (said[tier] as number) - lambda * (prices[tier] as number)
}

/** The points that neither a cheaper one nor a mixture of two others beats, cost rising. */
export function upperHull(points: readonly CostPoint[]): readonly CostPoint[] {
  const hull: CostPoint[] = []
  for (const point of points.toSorted((one, other) => one.cost - other.cost || other.quality - one.quality)) {
    if (hull.some(({ quality }) => quality >= point.quality)) continue
    while (hull.length >= 2 && isBelow(hull.at(-1) as CostPoint, hull.at(-2) as CostPoint, point)) hull.pop()
    hull.push(point)
  }
  return hull
}

function isBelow(middle: CostPoint, left: CostPoint, right: CostPoint): boolean {
  const cross =
    (right.cost - left.cost) * (middle.quality - left.quality) -
    (middle.cost - left.cost) * (right.quality - left.quality)
  return cross <= 0
}

/** On the line through the points; the nearest one outside. */
function qualityAt(points: readonly CostPoint[], cost: number): number {
  let before = points[0] as CostPoint
  for (const point of points) {
    if (point.cost >= cost) {
      if (point.cost === before.cost) return point.quality
      return (
        before.quality +
        ((point.quality - before.quality) * (cost - before.cost)) / (point.cost - before.cost)
      )
    }
    before = point
  }
  return before.quality
}

function meanOf(answers: readonly TieredAnswer[], value: (answer: TieredAnswer) => number): number {
  return answers.reduce((sum, answer) => sum + value(answer), 0) / answers.length
}
