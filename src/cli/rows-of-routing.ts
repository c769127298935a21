import type { RoutingTestRow } from '../classify/evaluate/evaluate-routing.ts'
import { wrongUsage } from './failure.ts'
import { groupIn } from './rows-of-classes.ts'
import { badData, Fault, readRows, type Row } from './rows.ts'

/** The tiers that are learned, weakest first; their prices where they were given. */
export interface Tiers {
  readonly names: readonly string[]
  readonly prices: readonly number[] | undefined
}

export interface TierOptions {
  readonly weak?: string
  readonly strong?: string
  readonly tier?: readonly string[]
}

const TIERS_MAX = 8

/** What --tier, or --weak and --strong, name; undefined where lines say weak and strong themselves. */
export function tiersOf({ weak, strong, tier }: TierOptions): Tiers | undefined {
  if (tier !== undefined) {
    if (weak !== undefined || strong !== undefined) throw wrongUsage('either --tier, or --weak and --strong')
    if (tier.length < 2 || tier.length > TIERS_MAX)
      throw wrongUsage(`--tier stands 2 to ${TIERS_MAX} times, the weakest first`)
    const parsed = tier.map(tierOf)
    const prices = parsed.flatMap(({ price }) => price ?? [])
    if (prices.length > 0 && prices.length < tier.length)
      throw wrongUsage('every --tier has a price, or none has')
    return distinct(
      parsed.map(({ name }) => name),
      prices.length > 0 ? prices : undefined,
    )
  }
  if (weak === undefined && strong === undefined) return undefined
  if (weak === undefined || strong === undefined) throw wrongUsage('--weak and --strong belong together')
  return distinct([weak, strong], undefined)
}

function tierOf(option: string): { readonly name: string; readonly price: number | undefined } {
  const at = option.lastIndexOf('=')
  if (at < 0) return { name: option, price: undefined }
  const price = Number(option.slice(at + 1))
  if (at === 0 || option.slice(at + 1) === '' || !Number.isFinite(price) || price < 0)
    throw wrongUsage(`--tier needs NAME or NAME=PRICE, and has ${JSON.stringify(option)}`)
  return { name: option.slice(0, at), price }
}

function distinct(names: readonly string[], prices: readonly number[] | undefined): Tiers {
  if (new Set(names).size < names.length) throw wrongUsage('the tiers must have different names')
  return { names, prices }
}

export interface RoutingRows {
  readonly rows: readonly RoutingTestRow[]
  readonly names: readonly string[]
  /** Rows without an outcome of one of the tiers, which were passed over. */
  readonly incomplete: number
}

/** Lines {prompt, weak, strong} or {prompt, outcomes: {model: 0..1}}, all of the same kind. */
export async function readRoutingRows(
  files: readonly string[],
  { where = [], group }: { readonly where?: readonly string[]; readonly group?: string },
  tiers: Tiers | undefined,
): Promise<RoutingRows> {
  let kind: 'pair' | 'outcomes' | undefined
  const parsed = await readRows(files, where, (row): RoutingTestRow | 'incomplete' | Fault => {
    const own = row.value['outcomes'] === undefined ? 'pair' : 'outcomes'
    kind ??= own
    if (own !== kind) return new Fault('some lines have outcomes, others weak and strong')
    const outcomes = own === 'pair' ? pairOf(row, tiers) : outcomesOf(row, tiers)
    return outcomes instanceof Fault || outcomes === 'incomplete'
      ? outcomes
      : routingRow(row, outcomes, group)
  })
  const rows = parsed.filter((row) => row !== 'incomplete')
  if (rows.length === 0) throw badData(`no line has an outcome of each of ${tiers?.names.join(', ')}`)
  return { rows, names: tiers?.names ?? ['weak', 'strong'], incomplete: parsed.length - rows.length }
}

function routingRow(
  { value }: Row,
  outcomes: readonly number[],
  group: string | undefined,
): RoutingTestRow | Fault {
  const { prompt, task } = value
  if (typeof prompt !== 'string')
    return new Fault(prompt === undefined ? 'prompt is missing' : 'prompt must be a text')
  if (prompt.trim() === '') return new Fault('prompt is empty')
  const fold = group === undefined ? undefined : groupIn(value, group, prompt)
  if (fold instanceof Fault) return fold
  const reported =
    group === undefined || group === 'template' ? (typeof task === 'string' ? task : undefined) : fold
  return { prompt, outcomes, group: reported, fold }
}

function pairOf({ value }: Row, tiers: Tiers | undefined): readonly number[] | Fault {
  if (tiers !== undefined && tiers.names.length > 2)
    return new Fault('lines with weak and strong have two tiers')
  for (const name of ['weak', 'strong'] as const)
    if (!isOutcome(value[name]))
      return new Fault(
        value[name] === undefined
          ? `${name} is missing (or outcomes)`
          : `${name} must be a number from 0 to 1`,
      )
  return [value['weak'] as number, value['strong'] as number]
}

function outcomesOf({ value }: Row, tiers: Tiers | undefined): readonly number[] | 'incomplete' | Fault {
  const { outcomes } = value
  if (typeof outcomes !== 'object' || outcomes === null || Array.isArray(outcomes))
    return new Fault('outcomes must be a JSON object: {"model": 0 to 1}')
  const of = outcomes as Readonly<Record<string, unknown>>
  if (tiers === undefined)
    return new Fault(`name two models with --weak and --strong; the line has ${Object.keys(of).join(', ')}`)
  const found: number[] = []
  for (const name of tiers.names) {
    const outcome = Object.hasOwn(of, name) ? of[name] : undefined
    if (outcome === undefined || outcome === null) return 'incomplete'
    if (!isOutcome(outcome)) return new Fault(`the outcome of ${name} must be a number from 0 to 1`)
    found.push(outcome)
  }
  return found
}

function isOutcome(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}
