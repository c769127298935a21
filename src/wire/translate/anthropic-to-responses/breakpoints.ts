import { isGiven } from '../json-tree.ts'
import type { Passage } from '../passage.ts'

/** A part of an item, while the request is built. */
export type Part = Record<string, unknown>

/** Beside these the service marks the newest message by itself. */
const BREAKPOINTS_MAX = 3

/**
 * Where cached prefixes end: `cache_control` of Anthropic as OpenAI's breakpoints, where the model knows them. All get
 * the shorter life: the longer one costs twice as much, and nobody asked for that price.
 */
export class Breakpoints {
  readonly #passage: Passage
  readonly #marked: Part[] = []

  constructor(passage: Passage) {
    this.#passage = passage
  }

  /** Marks the last of the parts that a block has become. */
  mark(parts: readonly Part[], cacheControl: unknown): void {
    if (!isGiven(cacheControl)) return
    const last = parts.at(-1)
    const { dialect, takes } = this.#passage.target
    if (!last || !dialect.promptCache || takes?.cacheOptions !== true) {
      this.#passage.losses.removed('cache_control')
      return
    }
    last['prompt_cache_breakpoint'] = { mode: 'explicit' }
    this.#marked.push(last)
  }

  /** Of too many the last ones stay: what they end holds what the others end. */
  settle(): void {
    for (const part of this.#marked.slice(0, -BREAKPOINTS_MAX)) {
      delete part['prompt_cache_breakpoint']
      this.#passage.losses.removed('cache_control')
    }
  }
}
