import { isLoneUnit, isWordUnit } from '../characters.ts'

/**
 * Code units as the features see them: small letters, every digit as 0, everything between words as a blank.
 * Surrogates are part of words, so that an emoji is one.
 */
export const unitKind = { between: 1, word: 2, lone: 3 } as const

const DIGIT = 0x30
const BLANK = 0x20

/** A unit that continues a word. */
export function isWordPart(unit: number): boolean {
  const surrogate = unit >= 0xd800 && unit <= 0xdfff
  return (surrogate || isWordUnit(unit)) && !isLoneUnit(unit)
}

/** Filled as units are met: most of the 65,536 never are. */
export class Letters {
  /** 0 until the unit was met. */
  readonly kinds = new Uint8Array(65_536)
  readonly folded = new Uint16Array(65_536)

  meet(unit: number): void {
    const letter = String.fromCharCode(unit)
    if (isLoneUnit(unit)) this.kinds[unit] = unitKind.lone
    else this.kinds[unit] = isWordPart(unit) ? unitKind.word : unitKind.between
    if (this.kinds[unit] === unitKind.between) this.folded[unit] = BLANK
    else if (/\p{Nd}/u.test(letter)) this.folded[unit] = DIGIT
    else this.folded[unit] = letter.toLowerCase().charCodeAt(0)
  }
}
