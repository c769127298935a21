import { createHash } from 'node:crypto'

/** SHA-256 of rows that are in a fixed order already, as hexadecimal digits. */
export function fingerprintOf(rows: Iterable<readonly string[]>): string {
  const hash = createHash('sha256')
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`)
  return hash.digest('hex')
}

/** By what each row holds, so that the order of a file never matters. */
export function inFixedOrder<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return keyed.map(({ row }) => row)
}
