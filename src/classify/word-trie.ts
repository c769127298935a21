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
  const links = linkWords(words, classOf)
  const count = links.letter.length
  const slots = new Slots(letters, count)
  const slotOf = new Int32Array(count)
  slotOf[0] = ROOT
  const children: number[] = []
  for (let node = 0; node < count; node++) {
    const slot = slotOf[node] ?? 0
    slots.value[slot] = links.value[node] ?? 0
    children.length = 0
    for (let child = links.firstChild[node]; child; child = links.nextSibling[child])
      children.push(links.letter[child] ?? 0)
    if (children.length === 0) continue
    const base = slots.baseFor(children)
    slots.base[slot] = base
    for (let child = links.firstChild[node]; child; child = links.nextSibling[child]) {
      const place = base + (links.letter[child] ?? 0)
      slots.check[place] = slot
      slotOf[child] = place
    }
  }
  return slots.finish(letters)
}

/** An ordinary trie, its nodes numbered so that a child stands behind its parent; the root is 0, and no child. */
interface Links {
  readonly letter: number[]
  readonly value: number[]
  readonly firstChild: number[]
  readonly nextSibling: number[]
}

/** In sorted order each word leaves the path of the one before and never meets another: nothing is looked up. */
function linkWords(words: ReadonlyMap<string, number>, classOf: Uint16Array): Links {
  const links: Links = { letter: [0], value: [0], firstChild: [0], nextSibling: [0] }
  const path = [0]
  let last = ''
  for (const word of [...words.keys()].sort()) {
    let depth = sharedLength(last, word)
    let node = path[depth] ?? 0
    while (depth < word.length) {
      const child = links.letter.length
      links.letter.push(classOf[word.charCodeAt(depth)] ?? 0)
      links.value.push(0)
      links.firstChild.push(0)
      links.nextSibling.push(links.firstChild[node] ?? 0)
      links.firstChild[node] = child
      node = child
      path[++depth] = child
    }
    links.value[node] = words.get(word) ?? 0
    last = word
  }
  return links
}

function sharedLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one.charCodeAt(length) === other.charCodeAt(length)) length++
  return length
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
