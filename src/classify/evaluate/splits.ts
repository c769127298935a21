import type { Random } from '../../core/random.ts'
import { groupFolds, stratifiedFolds, stratifiedSample } from '../train/folds.ts'

/** What a model is trained on, and the rows that it is then asked about. */
export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

/** What a split may know of the rows: their labels, to spread them evenly, or the groups that stay together. */
export interface RowKeys {
  readonly labels: readonly string[]
  readonly groups: readonly string[] | undefined
}

/** Every row is held out once. Groups, where there are some, are never on both sides. */
export function foldSplits(
  { labels, groups }: RowKeys,
  folds: number | 'all',
  random: Random,
): readonly Split[] {
  const count = folds === 'all' ? partsOf({ labels, groups }) : folds
  const foldOf =
    groups !== undefined
      ? groupFolds(groups, count, random)
      : folds === 'all'
        ? Int32Array.from(labels.keys())
        : stratifiedFolds(labels, count, random)
  const rows = [...labels.keys()]
  return Array.from({ length: count }, (_, fold) => ({
    train: rows.filter((row) => foldOf[row] !== fold),
    test: rows.filter((row) => foldOf[row] === fold),
  })).filter(({ test }) => test.length > 0)
}

/** Into how many parts the rows can be taken apart. */
export function partsOf({ labels, groups }: RowKeys): number {
  return groups === undefined ? labels.length : new Set(groups).size
}

/** Trains on `count` random rows and tests on the others, without those of a group that was drawn. */
export function drawSplits(
  { labels, groups }: RowKeys,
  count: number,
  draws: number,
  random: Random,
): readonly Split[] {
  return Array.from({ length: draws }, () => {
    const train = stratifiedSample(labels, count, random)
    const drawn = new Set(train)
    const drawnGroups = new Set(train.map((row) => groups?.[row]))
    const test = [...labels.keys()].filter(
      (row) => !drawn.has(row) && (groups === undefined || !drawnGroups.has(groups[row])),
    )
    return { train, test }
  })
}
