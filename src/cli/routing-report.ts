import type { ThresholdRow } from '../classify/evaluate/threshold-table.ts'
import type { TierCurve } from '../classify/evaluate/tiers.ts'
import type { RoutingReport } from './evaluate-routing.ts'
import { calibrationPicture } from './pictures.ts'
import { facts, oneLine, percent, table } from './terminal.ts'

const GROUPS_SHOWN = 60

/** What `signalbox evaluate routing` shows a person. */
export function describeRouting(
  report: RoutingReport,
  names: readonly string[],
  prices: readonly number[] | undefined,
): string {
  const { apgrInterval, ece, groupOracle, target, tiers } = report
  const weak = names[0] ?? ''
  const strong = names.at(-1) ?? ''
  const summary = facts([
    ['rows', String(report.rows)],
    [oneLine(weak, 40), `${percent(report.weakAccuracy)} good`],
    [oneLine(strong, 40), `${percent(report.strongAccuracy)} good`],
    ['APGR', `${figure(report.apgr)} at 11 edges, ${figure(report.apgrExact)} exact; a coin has 0.500`],
    ...(apgrInterval === null
      ? []
      : [['95 % interval', `${figure(apgrInterval[0])} to ${figure(apgrInterval[1])}`] as const]),
    [
      'strong calls',
      `${calls(report.cpt20)} for 20 % of the gap, ${calls(report.cpt50)} for 50 %, ${calls(report.cpt80)} for 80 %`,
    ],
    ...(groupOracle === null
      ? []
      : [['group alone', `APGR ${figure(groupOracle)} if the gain of each group were known`] as const]),
    ...(ece === null ? [] : [['calibration', `${ece.toFixed(3)} apart on average`] as const]),
    ['took', `${report.microsPerMessage.toFixed(1)} µs a message`],
  ])
  return [
    summary,
    ...(ece === null ? [] : [calibrationPicture(report.bins)]),
    thresholds(report.thresholds, prices),
    ...groups(report),
    ...(tiers === undefined ? [] : [tierFacts(tiers, names)]),
    ...(target === undefined ? [] : [sentence(target, strong, prices)]),
  ].join('\n\n')
}

function thresholds(rows: readonly ThresholdRow[], prices: readonly number[] | undefined): string {
  const right = 'right' as const
  return table(
    [
      { title: 'threshold', align: right },
      { title: 'to the strong', align: right },
      { title: 'quality', align: right },
      { title: 'of its quality', align: right },
      ...(prices === undefined ? [] : [{ title: 'cost', align: right }]),
    ],
    rows.map((row) => [
      row.threshold.toFixed(3),
      percent(row.strongShare),
      percent(row.quality),
      percent(row.qualityKept),
      ...(prices === undefined ? [] : [saving(row, prices)]),
    ]),
  )
}

function groups({ byGroup }: RoutingReport): readonly string[] {
  const named = Object.entries(byGroup).slice(0, GROUPS_SHOWN)
  if (named.length < 2) return []
  const right = 'right' as const
  return [
    table(
      [
        { title: 'group' },
        { title: 'rows', align: right },
        { title: 'weak', align: right },
        { title: 'strong', align: right },
        { title: 'APGR', align: right },
      ],
      named.map(([name, metrics]) => [
        oneLine(name, 40),
        String(metrics.rows),
        percent(metrics.weakAccuracy),
        percent(metrics.strongAccuracy),
        figure(metrics.apgrExact),
      ]),
    ),
  ]
}

function tierFacts({ single, aboveHullMean, aboveHullMax }: TierCurve, names: readonly string[]): string {
  return facts([
    ...single.map(
      ({ cost, quality }, tier) =>
        [oneLine(names[tier] ?? '', 40), `${percent(quality)} at ${cost}`] as const,
    ),
    [
      'above the hull',
      `${aboveHullMean.toFixed(2)} points on average over the costs, ${aboveHullMax.toFixed(2)} at most`,
    ],
  ])
}

function sentence(target: ThresholdRow, strong: string, prices: readonly number[] | undefined): string {
  const cost = prices === undefined ? '' : `, cost ${saving(target, prices)}`
  return `at threshold ${target.threshold.toFixed(3)}, ${percent(target.strongShare)} go to ${oneLine(strong, 60)} and ${percent(target.qualityKept)} of its quality is kept${cost}`
}

/** Against asking the strongest alone. */
function saving({ strongShare }: ThresholdRow, prices: readonly number[]): string {
  const weak = prices[0] as number
  const strong = prices.at(-1) as number
  const cost = strongShare * strong + (1 - strongShare) * weak
  return strong === 0 ? '' : `−${Math.round(100 * (1 - cost / strong))} %`
}

function figure(value: number | null): string {
  return value === null ? 'none (no gap)' : value.toFixed(3)
}

function calls(value: number | null): string {
  return value === null ? 'none' : `${value.toFixed(1)} %`
}
