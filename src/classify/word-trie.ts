/**
 * A trie of words in two flat arrays (double-array trie, Aoe 1989): the state after letter `c` in state `s` is
 * `base[s] + c` if `check` there says `s`, else dead. One step costs two reads whatever the number of words, and a
 * state costs twelve bytes. Letters are small numbers ≥ 1; state 0 is dead and stays dead.
 */
export interface WordTrie {
  readonly base: Int32Array
  readonly check: Int32Array
  /** What the word that ends in this state stands for; 0 for none. */
  readonly value: Int32Array
}

export const ROOT = 1

/**
 * @param words each with its value > 0.
 * @param classOf code unit → letter.
 * @param letters one more than the largest letter.
 */
export function buildWordTrie(
  words: ReadonlyMap<string, number>,
  classOf: Uint16Array,
  letters: number,
): WordTrie {
  const nodes = linkWords(words, classOf)
  const slots = new Slots(letters, nodes.length)
  const slotOf = new Int32Array(nodes.length)
  slotOf[0] = ROOT
  for (const [index, node] of nodes.entries()) {
    const slot = slotOf[index] ?? 0
    slots.value[slot] = node.value
    if (!node.children) continue
    const base = slots.baseFor([...node.children.keys()])
    slots.base[slot] = base
    for (const [letter, child] of node.children) {
      slots.check[base + letter] = slot
      slotOf[child] = base + letter
    }
  }
  return slots.finish(letters)
}

interface Node {
  value: number
  /** letter → node. */
  children: Map<number, number> | undefined
}

/** An ordinary trie; a child always stands behind its parent. */
function linkWords(words: ReadonlyMap<string, number>, classOf: Uint16Array): readonly Node[] {
  const nodes: Node[] = [{ value: 0, children: undefined }]
  for (const [word, value] of words) {
    let index = 0
    for (let at = 0; at < word.length; at++) {
      const letter = classOf[word.charCodeAt(at)] ?? 0
      const node = nodes[index]
      if (!node) break
      node.children ??= new Map()
      const child = node.children.get(letter)
      if (child === undefined) {
        node.children.set(letter, nodes.length)
        index = nodes.length
        nodes.push({ value: 0, children: undefined })
      } else index = child
    }
    const end = nodes[index]
    if (end) end.value = value
  }
  return nodes
}

/** The arrays while they grow. `check` is −1 where a slot is free. */
class Slots {
  base: Int32Array
  check: Int32Array
  value: Int32Array
  /** Below the number of letters, a slot would suit small letters only and be tried in vain for ever. */
  #firstFree: number
  /** Where placing a node with several children begins: below, holes have failed often enough. */
  #start: number
  #used: number

  constructor(letters: number, states: number) {
    const size = letters + states
    this.#firstFree = Math.max(letters, ROOT + 1)
    this.#start = this.#firstFree
    this.#used = this.#firstFree
    this.base = new Int32Array(size)
    this.check = new Int32Array(size).fill(-1)
    this.value = new Int32Array(size)
    // Taken, and nobody's child: out of the dead state no letter leads anywhere.
    this.check.fill(-2, 0, ROOT + 1)
  }

  /** The lowest base at which all children find free slots: first fit. */
  baseFor(children: readonly number[]): number {
    const least = Math.min(...children)
    const most = Math.max(...children)
    while (this.#taken(this.#firstFree)) this.#firstFree++
    const alone = children.length === 1
    let tried = 0
    for (let slot = alone ? this.#firstFree : Math.max(this.#start, this.#firstFree); ; slot++) {
      if (this.#taken(slot)) continue
      const base = slot - least
      this.#reserve(base + most + 1)
      if (alone || children.every((letter) => !this.#taken(base + letter))) {
        this.#used = Math.max(this.#used, base + most + 1)
        return base
      }
      if (++tried > 64) this.#start = slot
    }
  }

  /** Cut to size, with room for one more letter behind the last state, so that no step reads outside. */
  finish(letters: number): WordTrie {
    const size = this.#used + letters
    this.#reserve(size)
    return {
      base: this.base.slice(0, size),
      check: this.check.slice(0, size),
      value: this.value.slice(0, size),
    }
  }

  #taken(slot: number): boolean {
    return slot < this.check.length && this.check[slot] !== -1
  }

  #reserve(size: number): void {
    const before = this.check.length
    if (size <= before) return
    const after = Math.max(size, before * 2)
    const grown = (array: Int32Array): Int32Array => {
      const larger = new Int32Array(after)
      larger.set(array)
      return larger
    }
    this.base = grown(this.base)
    this.value = grown(this.value)
    this.check = grown(this.check).fill(-1, before)
  }
}
