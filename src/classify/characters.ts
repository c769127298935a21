/**
 * What each UTF-16 code unit is to the matcher. Words are runs of letters, marks, digits and underscores of any
 * script; Han and kana write no spaces, so each of their characters is a word of its own, and a pattern such as
 * 計画 is two adjacent words. Surrogates count as separators: emoji and the rarest scripts match nothing.
 */
export const kind = { other: 0, blank: 1, lineBreak: 2, letter: 3, lone: 4 } as const

const UNITS = 65_536

/** Han and kana, first and last. */
export const loneRanges: readonly (readonly [number, number])[] = [
  [0x3041, 0x309f],
  [0x30a1, 0x30fa],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
]

/** The kind of every code unit, found once: one regular expression per kind over all units, 5 ms in all. */
export const kindOf: Uint8Array = kindsOfAllUnits()

export function isWordUnit(unit: number): boolean {
  return (kindOf[unit] ?? kind.other) >= kind.letter
}

/** A character that is a word by itself. */
export function isLoneUnit(unit: number): boolean {
  return kindOf[unit] === kind.lone
}

function kindsOfAllUnits(): Uint8Array {
  const kinds = new Uint8Array(UNITS)
  const all = everyUnit()
  const mark = (pattern: RegExp, value: number): void => {
    for (const run of all.matchAll(pattern)) kinds.fill(value, run.index, run.index + run[0].length)
  }
  mark(/[\p{L}\p{M}\p{N}_]+/gu, kind.letter)
  mark(/[\p{Zs}\t]+/gu, kind.blank)
  mark(/[\n\v\f\r\u0085\u2028\u2029]+/gu, kind.lineBreak)
  // Variation selectors are marks, but what they dress up is a symbol.
  kinds.fill(kind.other, 0xfe00, 0xfe10)
  for (const [first, last] of loneRanges) kinds.fill(kind.lone, first, last + 1)
  return kinds
}

/** Every code unit at its own index; surrogates, which would pair up, are replaced by NUL. */
function everyUnit(): string {
  const units = new Uint16Array(UNITS)
  for (let unit = 0; unit < UNITS; unit++) units[unit] = unit
  units.fill(0, 0xd800, 0xe000)
  return Buffer.from(units.buffer).toString('utf16le')
}
