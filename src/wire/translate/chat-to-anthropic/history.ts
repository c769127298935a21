import type { Losses } from '../losses.ts'
import { invalid } from '../json-tree.ts'
import type { Takes } from '../../translation.ts'
import { type Block, textBlocks } from './content.ts'

/**
 * Builds the messages of an Anthropic request: turns alternate and begin with the user's, the results of a turn's calls
 * stand together at the start of the user's turn that follows, one for each call.
 */
export interface AnthropicHistory {
  /** System text that comes after other messages. */
  system(blocks: readonly Block[]): void
  user(blocks: readonly Block[]): void
  assistant(blocks: readonly Block[], callIds: readonly string[], path: string): void
  /** @throws SignalboxError invalid-message when no call of the turn before waits for it. */
  result(id: string, blocks: readonly Block[], path: string): void
  turns(): readonly Turn[]
}

export interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: readonly Block[]
}

const CANCELLED = 'The call was cancelled; there is no result.'
/** A conversation may not begin with the assistant; many chat programs greet first. */
const OPENING = '[The conversation begins.]'

export function createAnthropicHistory(takes: Takes | undefined, losses: Losses): AnthropicHistory {
  const turns: Turn[] = []
  const openCalls = new Set<string>()

  function add(role: Turn['role'], content: readonly Block[]): void {
    if (content.length > 0) turns.push({ role, content })
  }

  function closeCalls(): void {
    for (const id of openCalls) {
      add('user', [{ type: 'tool_result', tool_use_id: id, content: CANCELLED, is_error: true }])
    }
    openCalls.clear()
  }

  return {
    system(blocks) {
      closeCalls()
      add('system', blocks)
    },
    user(blocks) {
      closeCalls()
      add('user', blocks)
    },
    assistant(blocks, callIds, path) {
      closeCalls()
      add('assistant', blocks)
      for (const id of callIds) {
        if (openCalls.has(id)) throw invalid(path, `calls two tools with the id "${id}"`)
        openCalls.add(id)
      }
    },
    result(id, blocks, path) {
      if (!openCalls.delete(id))
        throw invalid(path, 'is the result of a call that the turn before did not make')
      add('user', [{ type: 'tool_result', tool_use_id: id, ...(blocks.length > 0 && { content: blocks }) }])
    },
    turns() {
      closeCalls()
      return withOpening(merged(placedSystem(merged(turns), takes, losses)))
    },
  }
}

function merged(turns: readonly Turn[]): readonly Turn[] {
  const result: Turn[] = []
  for (const turn of turns) {
    const last = result.at(-1)
    if (last?.role !== turn.role) result.push(turn)
    else result[result.length - 1] = { role: turn.role, content: [...last.content, ...turn.content] }
  }
  return result
}

/**
 * Later system text stays where it is, for what came before it is cached and signed. Models that know the role take
 * it only between the user's turn and the assistant's; elsewhere the person is made to say it, and it says what it is.
 */
function placedSystem(turns: readonly Turn[], takes: Takes | undefined, losses: Losses): readonly Turn[] {
  return turns.map((turn, index) => {
    if (turn.role !== 'system') return turn
    const before = turns[index - 1]?.role
    const after = turns[index + 1]?.role
    if (takes?.systemMessages && before === 'user' && after !== 'user') return turn
    losses.add('system-rewritten')
    return { role: 'user', content: [...textBlocks('[Note from the operator]'), ...turn.content] }
  })
}

function withOpening(turns: readonly Turn[]): readonly Turn[] {
  return turns[0]?.role === 'assistant' ? [{ role: 'user', content: textBlocks(OPENING) }, ...turns] : turns
}
