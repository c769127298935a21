import { JsonScanner, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-scanner.ts'
import { keyName, keyText, type Names, namesOf, type Span, textStartAt, wordAt } from './json-text.ts'

/** Finds single parts inside JSON that has been skimmed: members of objects, blocks of contents. */

/** The value of the member; of doubles the last one, as JSON.parse has it. */
export function memberAt(body: Buffer, object: Span | undefined, names: Names): Span | undefined {
  if (object === undefined || body[object.start] !== OPEN_OBJECT) return undefined
  const scanner = new JsonScanner(body, object.start)
  let found: Span | undefined
  for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
    scanner.key()
    const isAsked = keyName(scanner, names) !== undefined
    const start = scanner.at
    scanner.value()
    if (isAsked) found = { start, end: scanner.at }
  }
  return found
}

export type MemberVisitor = (name: string, keyStart: number, start: number, end: number) => void

/** Shows each member of the object at `at`: its name, where its key begins, and where its value lies. */
export function visitMembers(body: Buffer, at: number, visit: MemberVisitor): void {
  const scanner = new JsonScanner(body, at)
  for (let more = scanner.firstMember(); more; more = scanner.nextMember()) {
    const keyStart = scanner.at
    scanner.key()
    const name = keyText(scanner)
    const start = scanner.at
    scanner.value()
    visit(name, keyStart, start, scanner.at)
  }
}

/** The same for members whose places are known: three numbers each, as a skim gives them. */
export function visitPlaced(body: Buffer, places: readonly number[], visit: MemberVisitor): void {
  const scanner = new JsonScanner(body)
  for (let slot = 0; slot < places.length; slot += 3) {
    const keyStart = places[slot] as number // slot is below the length, which is a multiple of three
    scanner.at = keyStart
    scanner.key()
    visit(keyText(scanner), keyStart, places[slot + 1] as number, places[slot + 2] as number)
  }
}

/** It is an array with at least one element. */
export function hasElements(body: Buffer, value: Span | undefined): boolean {
  if (value === undefined || body[value.start] !== OPEN_ARRAY) return false
  return new JsonScanner(body, value.start).firstElement()
}

/** The whole number that the value is, from 0 up; undefined when it is none. */
export function countAt(body: Buffer, value: Span | undefined): number | undefined {
  if (value === undefined) return undefined
  const first = body[value.start] ?? 0
  // Strings may be megabytes; digits are all that is of interest.
  if (first < 0x30 || first > 0x39 || value.end - value.start > COUNT_BYTES_MAX) return undefined
  const count = Number(body.toString('latin1', value.start, value.end))
  return Number.isSafeInteger(count) ? count : undefined
}

const COUNT_BYTES_MAX = 32

const blockKeys = namesOf('type', 'text')
const blockWords = namesOf('text', 'tool_result', 'tool_use', 'input_text', 'function')

/**
 * Shows each block of a content: `type`, and where its `text` lies. Elements that are no objects are passed over.
 * @param visit returns true to look at no more.
 */
export function visitBlocks(
  body: Buffer,
  content: Span,
  visit: (type: string | undefined, text: Span | undefined) => boolean,
): void {
  if (body[content.start] !== OPEN_ARRAY) return
  const scanner = new JsonScanner(body, content.start)
  for (let more = scanner.firstElement(); more; more = scanner.nextElement()) {
    if (body[scanner.at] !== OPEN_OBJECT) {
      scanner.value()
      continue
    }
    let type: Span | undefined
    let text: Span | undefined
    for (let member = scanner.firstMember(); member; member = scanner.nextMember()) {
      scanner.key()
      const key = keyName(scanner, blockKeys)
      const start = scanner.at
      scanner.value()
      if (key === 'type') type = { start, end: scanner.at }
      else if (key === 'text') text = { start, end: scanner.at }
    }
    if (visit(wordAt(body, type, blockWords), text)) return
  }
}

/** The first `charsMax` characters of a content's text: of the string, or of its text blocks, line by line. */
export function contentStart(
  body: Buffer,
  content: Span | undefined,
  textTypes: readonly string[],
  charsMax: number,
): string {
  if (content === undefined) return ''
  if (body[content.start] === QUOTE) return textStartAt(body, content, charsMax) ?? ''
  let start = ''
  visitBlocks(body, content, (type, text) => {
    if (type === undefined || !textTypes.includes(type)) return false
    const more = textStartAt(body, text, charsMax - start.length) ?? ''
    start = start === '' ? more : `${start}\n${more}`
    return start.length >= charsMax
  })
  return start.slice(0, charsMax)
}
