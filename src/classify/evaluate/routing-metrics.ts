import { seededRandom } from '../../core/random.ts'
import { calibrationBins, calibrationError, type Bin } from './calibration-bins.ts'
import { apgr, apgrExact, apgrInterval, callsFor, gapCurve, jittered, ranked } from './gap.ts'

/** What was said of a prompt, and how the weakest and the strongest tier answered it. */
export interface RoutingAnswer {
  readonly weak: number
  readonly strong: number
  readonly group: string | undefined
  /** 0–1, higher: the strong is worth more. */
  readonly score: number
  /** P(good) of the weakest and the strongest tier; undefined for a baseline. */
  readonly said: { readonly weak: number; readonly strong: number } | undefined
}

export interface GapMetrics {
  readonly rows: number
  readonly weakAccuracy: number
  readonly strongAccuracy: number
  /** Over the 11 edges; null where the strong is no better than the weak. */
  readonly apgr: number | null
  readonly apgrExact: number | null
}

export interface RoutingMetrics extends GapMetrics {
  readonly apgrInterval: readonly [number, number] | null
  /** Percent of strong calls that recover 20, 50, 80 % of the gap. */
  readonly cpt20: number | null
  readonly cpt50: number | null
  readonly cpt80: number | null
  /** How far P(good) of both tiers lies from the truth, on average; null for a baseline. */
  readonly ece: number | null
  readonly bins: readonly Bin[]
  readonly byGroup: Readonly<Record<string, GapMetrics>>
  /** The area that knowing each row's group alone would give: how much of the figure is recognising the task. */
  readonly groupOracle: number | null
}

export function routingMetrics(answers: readonly RoutingAnswer[], seed: number): RoutingMetrics {
  const scores = Float64Array.from(answers, ({ score }) => score)
  const outcomes = outcomesOf(answers)
  const order = ranked(jittered(scores, seededRandom(seed)), outcomes)
  const gap = gapMetrics(answers, scores, seed)
  const curve = gap.apgr === null ? undefined : gapCurve(order)
  const calls = (part: number): number | null => (curve === undefined ? null : callsFor(part, curve))
  const bins = saidBins(answers)
  return {
    ...gap,
    apgrInterval: curve === undefined ? null : apgrInterval(order, seededRandom(seed)),
    cpt20: calls(0.2),
    cpt50: calls(0.5),
    cpt80: calls(0.8),
    ece: answers[0]?.said === undefined ? null : calibrationError(bins),
    bins,
    byGroup: byGroup(answers, seed),
    groupOracle: groupOracle(answers, seed),
  }
}

function gapMetrics(answers: readonly RoutingAnswer[], scores: Float64Array, seed: number): GapMetrics {
  const outcomes = outcomesOf(answers)
  const order = ranked(jittered(scores, seededRandom(seed)), outcomes)
  const hasGap = order.strong - order.weak > 1e-9
  return {
    rows: answers.length,
    weakAccuracy: order.weak,
    strongAccuracy: order.strong,
    apgr: hasGap ? apgr(gapCurve(order)) : null,
    apgrExact: hasGap ? apgrExact(ranked(scores, outcomes)) : null,
  }
}

function outcomesOf(answers: readonly RoutingAnswer[]): { weak: Float64Array; strong: Float64Array } {
  return {
    weak: Float64Array.from(answers, ({ weak }) => weak),
    strong: Float64Array.from(answers, ({ strong }) => strong),
  }
}

function saidBins(answers: readonly RoutingAnswer[]): readonly Bin[] {
  const pairs = answers.flatMap(({ said, weak, strong }) =>
    said === undefined
      ? []
      : [
          { said: said.weak, was: weak },
          { said: said.strong, was: strong },
        ],
  )
  return calibrationBins(
    pairs.map(({ said }) => said),
    pairs.map(({ was }) => was),
  )
}

function groupsOf(answers: readonly RoutingAnswer[]): ReadonlyMap<string, readonly RoutingAnswer[]> {
  return Map.groupBy(
    answers.filter(({ group }) => group !== undefined),
    ({ group }) => group ?? '',
  )
}

function byGroup(answers: readonly RoutingAnswer[], seed: number): Readonly<Record<string, GapMetrics>> {
  const named = [...groupsOf(answers)].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(
    named.map(([name, rows]) => [
      name,
      gapMetrics(
        rows,
        Float64Array.from(rows, ({ score }) => score),
        seed,
      ),
    ]),
  )
}

function groupOracle(answers: readonly RoutingAnswer[], seed: number): number | null {
  const groups = groupsOf(answers)
  if (groups.size < 2) return null
  const gainOf = new Map([...groups].map(([name, rows]) => [name, meanGain(rows)]))
  const grouped = answers.filter(({ group }) => group !== undefined)
  const scores = Float64Array.from(grouped, ({ group }) => gainOf.get(group ?? '') ?? 0)
  return gapMetrics(grouped, scores, seed).apgrExact
}

function meanGain(rows: readonly RoutingAnswer[]): number {
  return rows.reduce((sum, { weak, strong }) => sum + strong - weak, 0) / rows.length
}

/** The exact area alone, of the first outcome against the last; null without a gap. */
export function apgrOf(
  rows: readonly { readonly outcomes: readonly number[]; readonly score: number }[],
): number | null {
  const answers = rows.map(({ outcomes, score }) => ({
    weak: outcomes[0] as number,
    strong: outcomes.at(-1) as number,
    group: undefined,
    score,
    said: undefined,
  }))
  return gapMetrics(
    answers,
    Float64Array.from(rows, ({ score }) => score),
    1,
  ).apgrExact
}
