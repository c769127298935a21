import { type MetricName, metricTable } from './metric-table.ts'
import { createFamily, type Family } from './series.ts'

/** One family for each row of the table, by name. */
export type Families = Readonly<Record<MetricName, Family>>

export function createFamilies(): Families {
  const overflow = createFamily(metricTable.signalbox_series_overflow_total, () => {})
  const families = Object.entries(metricTable).map(([name, row]) => [
    name,
    row === overflow.row ? overflow : createFamily(row, () => overflow.add(1, name)),
  ])
  // Made from the table's own entries, so each of its names is there.
  return Object.fromEntries(families) as Families
}
