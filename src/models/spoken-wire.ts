import type { Wire } from '../core/wire.ts'
import type { RequestView } from '../wire/protocol.ts'
import type { Takes } from '../wire/translation.ts'

/**
 * Which of a server's protocols a request is sent in. The client's own, where the server speaks it: then its bytes pass.
 * Tools are the exception at OpenAI: newer models take them in Responses only, or in Chat Completions only at effort
 * `none`; what comes in another protocol with tools goes to Responses at once, where every model takes them.
 */
export function spokenWire(
  { wire: asked, tools, effort }: Pick<RequestView, 'wire' | 'tools' | 'effort'>,
  spoken: readonly [Wire, ...Wire[]],
  takes: Takes | undefined,
): Wire {
  const speaksResponses = spoken.includes('openai-responses')
  if (asked === 'openai-chat' && tools && speaksResponses) {
    const inChat = takes?.toolsInChat ?? 'yes'
    if (inChat === 'no' || (inChat === 'at-none' && effort !== 'none')) return 'openai-responses'
  }
  if (spoken.includes(asked)) return asked
  return tools && speaksResponses ? 'openai-responses' : spoken[0]
}
