import { createHash } from 'node:crypto'
import { textAt, untranslatable } from './json-tree.ts'

/**
 * Names of the tools of one request, where Anthropic takes longer ones than OpenAI. A long name is cut and made
 * unique by a digest of itself, so that it is the same in every request; replies are mapped back.
 */
const NAME = /^[A-Za-z0-9_-]{1,128}$/
const LENGTH_MAX = 64
const KEPT_LENGTH = 55
const DIGEST_LENGTH = 8

export class ToolNames {
  readonly #originals = new Map<string, string>()

  /** @throws SignalboxError untranslatable. */
  sent(value: unknown, path: string): string {
    const name = textAt(value, path)
    if (!NAME.test(name)) {
      throw untranslatable(
        path,
        `the tool's name "${name.slice(0, 128)}" is not made of 1 to 128 letters, digits, _ or -`,
      )
    }
    if (name.length <= LENGTH_MAX) return name
    const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH)
    const short = `${name.slice(0, KEPT_LENGTH)}_${digest}`
    this.#originals.set(short, name)
    return short
  }

  /** The names that were changed: sent, and original. */
  get originals(): ReadonlyMap<string, string> {
    return this.#originals
  }
}
