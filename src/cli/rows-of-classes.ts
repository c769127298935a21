import type { ClassTestRow } from '../classify/evaluate/evaluate-classes.ts'
import { OUT_OF_SCOPE } from '../classify/learned/model.ts'
import { templateOf } from '../classify/train/template.ts'
import { badData, Fault, readRows, type Row } from './rows.ts'

const LABEL_CHARS_MAX = 200
const LABELS_MAX = 1_000

/** Lines {text, label}; the group is a field of the line, or the template of its text. */
export async function readClassRows(
  files: readonly string[],
  { where = [], group }: { readonly where?: readonly string[]; readonly group?: string },
): Promise<readonly ClassTestRow[]> {
  return readRows(files, where, (row) => classRow(row, group))
}

function classRow({ value }: Row, group: string | undefined): ClassTestRow | Fault {
  const { text, label } = value
  if (typeof text !== 'string') return new Fault(missing(value, 'text'))
  if (text.trim() === '') return new Fault('text is empty')
  if (typeof label !== 'string') return new Fault(missing(value, 'label'))
  if (label.trim() === '' || label.length > LABEL_CHARS_MAX)
    return new Fault(`label must have 1 to ${LABEL_CHARS_MAX} characters`)
  const groupOf = group === undefined ? undefined : groupIn(value, group, text)
  return groupOf instanceof Fault ? groupOf : { text, label, group: groupOf }
}

function missing(value: Row['value'], field: string): string {
  if (value[field] !== undefined) return `${field} must be a text`
  if (field === 'text' && value['prompt'] !== undefined)
    return 'text is missing; lines with a prompt are for signalbox train routing'
  return `${field} is missing`
}

/** The value of the field that --group names; or the template of the text. */
export function groupIn(value: Row['value'], group: string, text: string): string | Fault {
  if (group === 'template') return templateOf(text)
  const found = Object.hasOwn(value, group) ? value[group] : undefined
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean')
    return String(found)
  return new Fault(`${group}, which --group names, is missing`)
}

/** @throws Failure for rows from which nothing can be learned. */
export function requireTwoLabels(rows: readonly ClassTestRow[]): void {
  const labels = new Set(rows.map(({ label }) => label).filter((label) => label !== OUT_OF_SCOPE))
  if (labels.size > LABELS_MAX)
    throw badData(`there are ${labels.size} labels, and a model takes at most ${LABELS_MAX}`)
  if (labels.size >= 2) return
  const [only] = labels
  throw badData(
    only === undefined
      ? `every row is labelled ${OUT_OF_SCOPE}: a model needs at least two classes`
      : `every row is labelled ${JSON.stringify(only)}: a model needs at least two classes`,
  )
}
