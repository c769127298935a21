import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml'
import { suggestion } from '../core/nearest.ts'
import { type Pattern, patternKey, readPattern } from './pattern.ts'

/**
 * A pattern pack: words that speak for classes, as a YAML file.
 *
 *   name: support
 *   description: What our customers ask for
 *   classes:
 *     billing:
 *       12: refund, credit card … charged
 *       8: [invoice, receipt]
 *
 * "…" stands for anything on the same line; "^" before the first word ("^translate") for the opening of the text:
 * there only, after "please", "can you", "now" and the like, the pattern matches. The leading verb says what is asked.
 * The number is the weight: 15 for words of one's own domain, 12 for phrases, 7–10 for single words. Patterns stand
 * in a list, or in a text with commas (or lines) between them: no pattern holds a comma, and reading long lists
 * takes four times as long.
 */
export interface Pack {
  readonly name: string
  readonly description: string
  /** In order of appearance. */
  readonly classes: readonly string[]
  readonly patterns: readonly Pattern[]
}

export interface PackProblem {
  /** The file, and the place in it: `mine.yaml: classes.billing.12[0]`. */
  readonly path: string
  readonly line?: number
  /** The pattern at fault, as written. */
  readonly pattern?: string
  readonly reason: string
}

export interface PackReading {
  /** What could be read; undefined only when nothing could. */
  readonly pack: Pack | undefined
  readonly problems: readonly PackProblem[]
}

const PACK_KEYS = ['name', 'description', 'classes']
const FILE_CHARS_MAX = 2_000_000
const PATTERNS_MAX = 5_000
const CLASSES_MAX = 64
const WEIGHT_MAX = 100
/** Of a file that is wrong throughout, so many are enough to see it. */
const PROBLEMS_MAX = 100

/** Never throws: what is wrong becomes a problem, and the rest works. */
export function readPack(text: string, fileName: string): PackReading {
  return new PackReader(text, fileName).read()
}

class PackReader {
  readonly #fileName: string
  readonly #source: string
  readonly #lines = new LineCounter()
  readonly #problems: PackProblem[] = []
  readonly #patterns: Pattern[] = []
  readonly #classes: string[] = []
  /** class and pattern → where it stands first. */
  readonly #known = new Map<string, number | undefined>()

  constructor(source: string, fileName: string) {
    this.#source = source
    this.#fileName = fileName
  }

  read(): PackReading {
    const root = this.#parse()
    if (!root) return { pack: undefined, problems: this.#problems }
    let name: string | undefined
    let description = ''
    for (const { key, node } of this.#entries(root)) {
      if (key === 'name') name = this.#name(node)
      else if (key === 'description') description = this.#text(key, node) ?? ''
      else if (key === 'classes') this.#readClasses(node)
      else this.#refuse(key, node, `is no key of a pack; ${suggestion(key, PACK_KEYS)}`)
    }
    if (!root.has('name')) this.#refuse('name', root, 'is missing; give the pack a name')
    if (!root.has('classes')) this.#refuse('classes', root, 'is missing; give the classes and their patterns')
    if (this.#patterns.length === 0) {
      if (this.#problems.length === 0) this.#refuse('classes', root, 'hold no pattern')
      return { pack: undefined, problems: this.#problems }
    }
    const pack = {
      name: name ?? this.#nameOfFile(),
      description,
      classes: Object.freeze(this.#classes),
      patterns: Object.freeze(this.#patterns),
    }
    return { pack: Object.freeze(pack), problems: this.#problems }
  }

  #parse(): YAMLMap | undefined {
    if (this.#source.length > FILE_CHARS_MAX) {
      this.#refuse('', undefined, `is longer than ${FILE_CHARS_MAX} characters`)
      return undefined
    }
    try {
      const document = parseDocument(this.#source, { lineCounter: this.#lines, prettyErrors: false })
      for (const error of document.errors) {
        const line = this.#lines.linePos(error.pos[0]).line
        this.#refuseAt('', line, `is no valid YAML: ${error.message}`)
      }
      if (document.errors.length > 0) return undefined
      if (isMap(document.contents)) return document.contents
      this.#refuse('', document.contents, 'must hold name, description and classes')
    } catch {
      // The library's parser calls itself: a file of a hundred thousand brackets overflows the stack.
      this.#refuse('', undefined, 'cannot be read as YAML; is it nested too deep?')
    }
    return undefined
  }

  #readClasses(node: unknown): void {
    if (!isMap(node)) {
      this.#refuse('classes', node, 'must map each class to its weights')
      return
    }
    for (const { key, node: weights } of this.#entries(node, 'classes')) {
      const path = `classes.${key}`
      if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(key))
        this.#refuse(path, weights, 'is no class name; use letters, digits, ".", "_" and "-", at most 64')
      else if (this.#classes.length === CLASSES_MAX)
        this.#refuse(path, weights, `is one class too many; a pack holds at most ${CLASSES_MAX}`)
      else if (!isMap(weights))
        this.#refuse(path, weights, 'must map each weight to its patterns, such as 10: plan, strategy')
      else {
        this.#classes.push(key)
        for (const { key: weight, node: list } of this.#entries(weights, path))
          this.#readList(key, weight, list, `${path}.${weight}`)
      }
    }
  }

  #readList(className: string, weightText: string, list: unknown, path: string): void {
    const weight = Number(weightText)
    if (!(weight > 0 && weight <= WEIGHT_MAX)) {
      this.#refuse(path, list, `is no weight; write a number above 0, at most ${WEIGHT_MAX}`)
      return
    }
    for (const [index, item] of this.#items(list, path).entries())
      this.#addPattern({ class: className, weight, text: item.text }, `${path}[${index}]`, item.line)
  }

  /** Patterns in a list, or in a text with commas or lines between them, each with the line where it begins. */
  #items(
    node: unknown,
    path: string,
  ): readonly { readonly text: string; readonly line: number | undefined }[] {
    if (isSeq(node)) {
      return node.items.flatMap((item, index) => {
        const text = this.#text(`${path}[${index}]`, item)
        return text === undefined ? [] : { text, line: this.#lineOf(item) }
      })
    }
    const text = this.#text(path, node)
    if (text === undefined) return []
    const items = text.split(/[,\n]/).map((item) => item.trim())
    if (items.at(-1) === '') items.pop()
    let offset = this.#offsetOf(node)
    return items.map((item) => {
      let line: number | undefined
      for (const word of item.split(' ')) {
        const found = this.#source.indexOf(word, offset)
        if (found < 0) continue
        offset = found + word.length
        line ??= this.#lines.linePos(found).line
      }
      return { text: item, line }
    })
  }

  #addPattern(written: Omit<Pattern, 'parts'>, path: string, line: number | undefined): void {
    const refuse = (reason: string): void => this.#refuseAt(path, line, reason, written.text)
    const reading = readPattern(written.text)
    if ('reason' in reading) {
      refuse(reading.reason)
      return
    }
    const key = `${written.class} ${patternKey(reading.parts)}`
    if (this.#known.has(key)) {
      const first = this.#known.get(key)
      refuse(`stands in this class already${first ? `, in line ${first}` : ''}`)
    } else if (this.#patterns.length === PATTERNS_MAX) {
      refuse(`is one pattern too many; a pack holds at most ${PATTERNS_MAX}`)
    } else {
      this.#known.set(key, line)
      this.#patterns.push(Object.freeze({ ...written, parts: reading.parts }))
    }
  }

  /** The entries of a mapping, keys as they are written (12 and "12" alike). */
  *#entries(
    map: { items: readonly { key: unknown; value: unknown }[] },
    path = '',
  ): Generator<{
    readonly key: string
    readonly node: unknown
  }> {
    for (const { key, value } of map.items) {
      if (isScalar(key) && (typeof key.value === 'string' || typeof key.value === 'number'))
        yield { key: String(key.value), node: value }
      else this.#refuse(path, key, 'has a key that is neither text nor number')
    }
  }

  /** Numbers and booleans are words like any other here: 404, yes. */
  #text(path: string, node: unknown): string | undefined {
    if (isScalar(node)) {
      if (typeof node.value === 'string') return node.value
      if (typeof node.value === 'number' || typeof node.value === 'boolean')
        return node.source ?? String(node.value)
    }
    this.#refuse(path, node, 'must be text')
    return undefined
  }

  #name(node: unknown): string | undefined {
    const name = this.#text('name', node)
    if (name === undefined || /^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name)) return name
    this.#refuse('name', node, 'is no pack name; use letters, digits, ".", "_" and "-", at most 64')
    return undefined
  }

  #nameOfFile(): string {
    const base = this.#fileName.split(/[\\/]/).at(-1) ?? ''
    return base.replace(/\.ya?ml$/i, '') || 'pack'
  }

  #refuse(path: string, node: unknown, reason: string): void {
    this.#refuseAt(path, this.#lineOf(node), reason)
  }

  #refuseAt(path: string, line: number | undefined, reason: string, pattern?: string): void {
    if (this.#problems.length === PROBLEMS_MAX) return
    this.#problems.push({
      path: path ? `${this.#fileName}: ${path}` : this.#fileName,
      ...(line !== undefined && { line }),
      ...(pattern !== undefined && { pattern: pattern.slice(0, 200) }),
      reason,
    })
  }

  #lineOf(node: unknown): number | undefined {
    return isNode(node) && node.range ? this.#lines.linePos(node.range[0]).line : undefined
  }

  #offsetOf(node: unknown): number {
    return isNode(node) && node.range ? node.range[0] : 0
  }
}
