import { untranslatable, wholeNumberAt } from './json-tree.ts'
import type { Passage } from './passage.ts'

/** What the model takes at once, where that is known. */
export function checkToolCount(tools: readonly unknown[], { target }: Passage): void {
  const { toolsMax } = target.takes ?? {}
  if (toolsMax === undefined || tools.length <= toolsMax) return
  throw untranslatable('tools', `the worker takes at most ${toolsMax} tools, and these are ${tools.length}`)
}

/** The asked length of the answer, at most what the target can write. */
export function clampOutputTokens(value: unknown, path: string, { target, losses }: Passage): number {
  const tokens = wholeNumberAt(value, path)
  if (tokens < 1) throw untranslatable(path, 'must be 1 or more for a worker of another protocol')
  const { outputTokensMax } = target
  if (outputTokensMax === undefined || tokens <= outputTokensMax) return tokens
  losses.add('max-tokens-clamped')
  return outputTokensMax
}
