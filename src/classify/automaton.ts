/**
 * All patterns in one automaton of three layers, built once:
 *
 *   letters → words     a trie over every form of every word of every pattern (word-trie.ts)
 *   words → phrases     a trie over runs of adjacent words
 *   phrases → sequences a trie over phrases with "…" between them; its nodes name the patterns that end there
 *
 * The opening of a text ("^translate") is a word without letters: the scanner itself puts it before the first word.
 * What patterns have in common is stored and followed once. scanner.ts walks it.
 */
import { isLoneUnit, kind, kindOf, loneRanges } from './characters.ts'
import { formsOf } from './forms.ts'
import { OPENING } from './pattern.ts'
import { buildWordTrie, type WordTrie } from './word-trie.ts'

/** Lists of numbers, one after another in one array: list `i` is `items[start[i]] … items[start[i + 1] − 1]`. */
interface Rows {
  readonly start: Int32Array
  readonly items: Int32Array
}

/** Letter classes below this one are no parts of words: other, blank, line break (as in characters.ts). */
export const FIRST_LETTER = kind.letter

export interface Automaton {
  /** Code unit → letter class, upper and lower case alike. `FIRST_LETTER` is any letter that no pattern has. */
  readonly classOf: Uint16Array
  /** Classes from here on are words of one character. */
  readonly firstLone: number
  /** Its values are symbols: sets of pattern words that share a form (testing: test, testing). */
  readonly words: WordTrie
  readonly wordsOfSymbol: Rows
  /** 1 for symbols with a word that begins a phrase; the others matter only within one. */
  readonly leads: Uint8Array
  readonly phrases: PhraseLayer
  /** The phrase node after the opening of the text; 0 when no pattern has one. */
  readonly opening: number
  readonly sequences: SequenceLayer
}

/** Node 0 is the root. */
interface PhraseLayer {
  readonly wordCount: number
  readonly nodeCount: number
  /** node × wordCount + word → node. */
  readonly childOf: ReadonlyMap<number, number>
  /** The root's children, by word; 0 for none. */
  readonly firstOf: Int32Array
  /** The phrase that ends at the node; −1 for none. */
  readonly phraseAt: Int32Array
  readonly lengthOf: Int32Array
  readonly inner: Uint8Array
}

/** Node 0 is the root. */
interface SequenceLayer {
  readonly phraseCount: number
  readonly nodeCount: number
  /** node × phraseCount + phrase → node. */
  readonly childOf: ReadonlyMap<number, number>
  /** The root's children, by phrase; 0 for none. */
  readonly firstOf: Int32Array
  readonly inner: Uint8Array
  /** By phrase: parent, child, parent, child … of every edge that it leads along, those of the root left out. */
  readonly edgesOf: Rows
  readonly patternsAt: Rows
  readonly patternCount: number
}

/** @param patterns each a list of parts, each part a list of adjacent words in lower case. */
export function compileAutomaton(patterns: readonly (readonly (readonly string[])[])[]): Automaton {
  const wordIds = numbered(patterns.flat(2))
  const symbols = symbolsOf(wordIds)
  const letters = letterClasses(symbols.ofForm.keys())
  const phraseTrie = new Trie()
  const sequenceTrie = new Trie()
  const patternsAt: number[][] = [[]]
  for (const [pattern, parts] of patterns.entries()) {
    const phrases = parts.map((words) => phraseTrie.add(words.map((word) => wordIds.get(word) ?? 0)))
    const node = sequenceTrie.add(phrases)
    while (patternsAt.length <= node) patternsAt.push([])
    patternsAt[node]?.push(pattern)
  }
  const phrases = phraseLayer(phraseTrie, wordIds.size)
  return {
    classOf: letters.classOf,
    firstLone: letters.firstLone,
    words: buildWordTrie(symbols.ofForm, letters.classOf, letters.count),
    wordsOfSymbol: rowsOf(symbols.words),
    leads: Uint8Array.from(symbols.words, (words) => (words.some((word) => phrases.firstOf[word]) ? 1 : 0)),
    phrases,
    opening: phrases.firstOf[wordIds.get(OPENING) ?? -1] ?? 0,
    sequences: sequenceLayer(sequenceTrie, phraseTrie.size, rowsOf(patternsAt), patterns.length),
  }
}

/** A trie of numbers; `add` gives the node where the list ends. */
class Trie {
  /** The edge that leads to the node: its parent, its key. */
  readonly edges: { readonly parent: number; readonly key: number; readonly depth: number }[] = [
    { parent: -1, key: -1, depth: 0 },
  ]
  readonly ends = new Set<number>()
  readonly #children: Map<number, number>[] = [new Map()]

  get size(): number {
    return this.edges.length
  }

  add(keys: readonly number[]): number {
    let node = 0
    for (const key of keys) {
      let child = this.#children[node]?.get(key)
      if (child === undefined) {
        child = this.edges.length
        this.edges.push({ parent: node, key, depth: (this.edges[node]?.depth ?? 0) + 1 })
        this.#children[node]?.set(key, child)
        this.#children.push(new Map())
      }
      node = child
    }
    this.ends.add(node)
    return node
  }

  /** parent × keyCount + key → child, for all edges but the root's; those by key alone. */
  childMaps(keyCount: number): { childOf: Map<number, number>; firstOf: Int32Array; inner: Uint8Array } {
    const childOf = new Map<number, number>()
    const firstOf = new Int32Array(keyCount)
    const inner = new Uint8Array(this.size)
    for (const [node, { parent, key }] of this.edges.entries()) {
      if (parent < 0) continue
      inner[parent] = 1
      if (parent === 0) firstOf[key] = node
      else childOf.set(parent * keyCount + key, node)
    }
    return { childOf, firstOf, inner }
  }
}

/** A phrase's id is the node where it ends. */
function phraseLayer(trie: Trie, wordCount: number): PhraseLayer {
  return {
    wordCount,
    nodeCount: trie.size,
    ...trie.childMaps(wordCount),
    phraseAt: Int32Array.from(trie.edges, (_, node) => (trie.ends.has(node) ? node : -1)),
    lengthOf: Int32Array.from(trie.edges, (edge) => edge.depth),
  }
}

function sequenceLayer(
  trie: Trie,
  phraseCount: number,
  patternsAt: Rows,
  patternCount: number,
): SequenceLayer {
  const edgesOf: number[][] = Array.from({ length: phraseCount }, () => [])
  for (const [node, { parent, key }] of trie.edges.entries()) if (parent > 0) edgesOf[key]?.push(parent, node)
  return {
    phraseCount,
    nodeCount: trie.size,
    ...trie.childMaps(phraseCount),
    edgesOf: rowsOf(edgesOf),
    patternsAt,
    patternCount,
  }
}

/** Which words each form may stand for, equal sets under one number. Symbol 0 is the empty set. */
function symbolsOf(wordIds: ReadonlyMap<string, number>): {
  readonly ofForm: ReadonlyMap<string, number>
  readonly words: readonly (readonly number[])[]
} {
  const wordsOfForm = new Map<string, number[]>()
  for (const [word, id] of wordIds) {
    if (word === OPENING) continue
    for (const form of formsOf(word)) {
      const words = wordsOfForm.get(form)
      if (words) words.push(id)
      else wordsOfForm.set(form, [id])
    }
  }
  const ofForm = new Map<string, number>()
  const ofSet = new Map<string, number>()
  const words: (readonly number[])[] = [[]]
  for (const [form, ids] of wordsOfForm) {
    const set = ids.join()
    let symbol = ofSet.get(set)
    if (symbol === undefined) {
      symbol = words.length
      ofSet.set(set, symbol)
      words.push(ids)
    }
    ofForm.set(form, symbol)
  }
  return { ofForm, words }
}

/** A class for each letter that the words use, in both cases; every other letter shares one. */
function letterClasses(words: Iterable<string>): {
  readonly classOf: Uint16Array
  readonly firstLone: number
  readonly count: number
} {
  const classOf = new Uint16Array(kindOf)
  const used = new Set<number>()
  for (const word of words) for (let index = 0; index < word.length; index++) used.add(word.charCodeAt(index))
  let count: number = FIRST_LETTER + 1
  for (const unit of used) {
    if (isLoneUnit(unit)) continue
    for (const variant of casesOf(unit)) classOf[variant] = count
    count++
  }
  // Lone characters come last: one class for those that no pattern has, then one each.
  const firstLone = count++
  for (const [first, last] of loneRanges) classOf.fill(firstLone, first, last + 1)
  for (const unit of used) if (isLoneUnit(unit)) classOf[unit] = count++
  return { classOf, firstLone, count }
}

/** Only where the capital is that letter's alone: I is the capital of i, not of the Turkish ı. */
function casesOf(unit: number): readonly number[] {
  const letter = String.fromCharCode(unit)
  const capital = letter.toUpperCase()
  return capital.length === 1 && capital.toLowerCase() === letter ? [unit, capital.charCodeAt(0)] : [unit]
}

function numbered(words: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>()
  for (const word of words) if (!ids.has(word)) ids.set(word, ids.size)
  return ids
}

function rowsOf(lists: readonly (readonly number[])[]): Rows {
  const start = new Int32Array(lists.length + 1)
  for (const [index, list] of lists.entries()) start[index + 1] = (start[index] ?? 0) + list.length
  return { start, items: Int32Array.from(lists.flat()) }
}
