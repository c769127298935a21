import { drawSplits, foldSplits, partsOf, type RowKeys, type Split } from '../classify/evaluate/splits.ts'
import { seededRandom } from '../core/random.ts'
import type { EvaluateFileOptions } from './evaluate.ts'
import { wrongUsage } from './failure.ts'
import { wholeNumber } from './options.ts'
import { badData, seedOf } from './rows.ts'

/** Leaving out one row at a time trains as many models as there are rows. */
const ROWS_ONE_BY_ONE_MAX = 500

/** A model that exists, or parts of the rows on which models are trained and measured. Exactly one must be asked for. */
export type EvaluationPlan =
  | { readonly kind: 'model'; readonly file: string }
  | { readonly kind: 'folds'; readonly folds: number | 'all' }
  | { readonly kind: 'draws'; readonly rows: number; readonly draws: number }

export function planOf({ model, folds, draw, draws }: EvaluateFileOptions): EvaluationPlan {
  const asked = [model, folds, draw].filter((option) => option !== undefined).length
  if (asked !== 1) throw wrongUsage('evaluate needs one of --model FILE, --folds K and --draw N')
  if (model !== undefined) return { kind: 'model', file: model }
  if (folds !== undefined)
    return { kind: 'folds', folds: folds === 'all' ? 'all' : wholeNumber('--folds', folds, 2, 1_000) }
  return {
    kind: 'draws',
    rows: wholeNumber('--draw', draw ?? '', 1, 1_000_000),
    draws: wholeNumber('--draws', draws ?? '1', 1, 100),
  }
}

/** @throws Failure where the rows do not suffice for the plan. */
export function splitsOf(
  plan: Exclude<EvaluationPlan, { kind: 'model' }>,
  keys: RowKeys,
  seed: string | undefined,
): readonly Split[] {
  const random = seededRandom(seedOf(seed))
  const rows = keys.labels.length
  if (plan.kind === 'draws') {
    if (plan.rows >= rows) throw badData(`--draw ${plan.rows} leaves none of the ${rows} rows to measure on`)
    return drawSplits(keys, plan.rows, plan.draws, random)
  }
  const parts = partsOf(keys)
  if (plan.folds === 'all' && keys.groups === undefined && rows > ROWS_ONE_BY_ONE_MAX)
    throw wrongUsage(`--folds all without --group would train ${rows} models; name a field with --group`)
  if (parts < 2 || (plan.folds !== 'all' && parts < plan.folds))
    throw badData(
      `${parts} ${keys.groups === undefined ? 'rows' : 'groups'} are too few for --folds ${plan.folds}`,
    )
  return foldSplits(keys, plan.folds, random)
}
