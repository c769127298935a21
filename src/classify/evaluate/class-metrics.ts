import type { LearnedClass } from '../learned/learned-model.ts'
import { OUT_OF_SCOPE } from '../learned/model.ts'
import { type Bin, calibrationBins, calibrationError } from './calibration-bins.ts'

/** What was said of a row, and what it is. */
export interface ClassAnswer {
  readonly label: string
  readonly group: string | undefined
  readonly said: LearnedClass
}

export interface ClassMetrics {
  readonly rows: number
  readonly inScopeRows: number
  /** Of the rows in scope, before any is turned away. */
  readonly accuracy: number
  /** Of the rows in scope: not turned away, and right. */
  readonly accuracyAtThreshold: number
  /** Of the rows out of scope: turned away. null without such rows. */
  readonly outOfScopeRecall: number | null
  /** The mean F1 of all classes, rows in scope, before any is turned away. */
  readonly macroF1: number
  readonly ece: number
  readonly bins: readonly Bin[]
  readonly byGroup: Readonly<Record<string, GroupAccuracy>>
  /** The pairs that are taken for each other most often. */
  readonly confusions: readonly Confusion[]
}

export interface GroupAccuracy {
  readonly rows: number
  readonly accuracy: number
}

export interface Confusion {
  readonly label: string
  readonly said: string
  readonly rows: number
}

const CONFUSIONS_MAX = 10

export function classMetrics(answers: readonly ClassAnswer[]): ClassMetrics {
  const inScope = answers.filter(({ label }) => label !== OUT_OF_SCOPE)
  const outside = answers.filter(({ label }) => label === OUT_OF_SCOPE)
  const bins = calibrationBins(
    inScope.map(({ said }) => said.confidence),
    inScope.map((answer) => (isRight(answer) ? 1 : 0)),
  )
  return {
    rows: answers.length,
    inScopeRows: inScope.length,
    accuracy: share(inScope, isRight),
    accuracyAtThreshold: share(inScope, (answer) => isRight(answer) && !answer.said.outOfScope),
    outOfScopeRecall: outside.length === 0 ? null : share(outside, ({ said }) => said.outOfScope),
    macroF1: macroF1(inScope),
    ece: calibrationError(bins),
    bins,
    byGroup: byGroup(inScope),
    confusions: confusions(inScope),
  }
}

function isRight({ label, said }: ClassAnswer): boolean {
  return said.class === label
}

function share<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(holds).length / rows.length
}

function macroF1(answers: readonly ClassAnswer[]): number {
  const counts = new Map<string, { right: number; labelled: number; said: number }>()
  const of = (name: string): { right: number; labelled: number; said: number } => {
    const known = counts.get(name) ?? { right: 0, labelled: 0, said: 0 }
    counts.set(name, known)
    return known
  }
  for (const answer of answers) {
    of(answer.label).labelled++
    of(answer.said.class).said++
    if (isRight(answer)) of(answer.label).right++
  }
  // A class that was said, but is no row's label, is a mistake of the others and not a class of the test.
  const labelled = [...counts.values()].filter((count) => count.labelled > 0)
  const sum = labelled.reduce((total, count) => total + (2 * count.right) / (count.labelled + count.said), 0)
  return labelled.length === 0 ? 0 : sum / labelled.length
}

function byGroup(answers: readonly ClassAnswer[]): Readonly<Record<string, GroupAccuracy>> {
  const groups = Map.groupBy(
    answers.filter(({ group }) => group !== undefined),
    ({ group }) => group ?? '',
  )
  const named = [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(
    named.map(([name, rows]) => [name, { rows: rows.length, accuracy: share(rows, isRight) }]),
  )
}

function confusions(answers: readonly ClassAnswer[]): readonly Confusion[] {
  const wrong = answers.filter((answer) => !isRight(answer))
  const pairs = Map.groupBy(wrong, ({ label, said }) => JSON.stringify([label, said.class]))
  return [...pairs.values()]
    .map((rows) => ({ label: rows[0]?.label ?? '', said: rows[0]?.said.class ?? '', rows: rows.length }))
    .toSorted((one, other) => other.rows - one.rows || (one.label < other.label ? -1 : 1))
    .slice(0, CONFUSIONS_MAX)
}
