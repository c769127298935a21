import type { Block } from '../chat-to-anthropic/content.ts'
import type { Turn } from '../chat-to-anthropic/history.ts'
import { type JsonObject, listIn, objectIn } from '../json-tree.ts'
import type { Losses } from '../losses.ts'

interface Said {
  readonly system: readonly Block[]
  readonly turns: readonly Turn[]
}

const BREAKPOINTS_MAX = 4

/** Of too many ends of cached prefixes the last ones stay: what they end holds what the others end. */
export function limitBreakpoints({ system, turns }: Said, losses: Losses): Said {
  const all = [...system, ...turns.flatMap(({ content }) => content)]
  let excess = all.flatMap(withInner).filter(isMarked).length - BREAKPOINTS_MAX
  if (excess <= 0) return { system, turns }
  losses.removed('prompt_cache_breakpoint')
  const limited = (block: Block): Block => {
    if (Array.isArray(block['content'])) {
      return { ...block, content: listIn(block['content']).map((inner) => limited(objectIn(inner))) }
    }
    if (!isMarked(block) || excess-- <= 0) return block
    const { cache_control: _, ...rest } = block
    return rest
  }
  return {
    system: system.map(limited),
    turns: turns.map(({ role, content }) => ({ role, content: content.map(limited) })),
  }
}

/** What a tool gave back lies one level deeper. */
function withInner(block: Block): readonly JsonObject[] {
  return [block, ...listIn(block['content']).map(objectIn)]
}

function isMarked(block: JsonObject): boolean {
  return 'cache_control' in block
}
