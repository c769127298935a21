import { type ClientRequest, type RequestKind, requestKinds } from '../core/client-request.ts'
import { asObject } from './json-value.ts'
import type { RequestView } from './protocol.ts'

/**
 * What Claude Code tells of its requests. With CLAUDE_CODE_GATEWAY_HINT_HEADERS=1 it says what each is for; without, the
 * kind is guessed from the request's shape, for Claude Code alone: other clients mean other things by the same shape.
 */

type Headers = Readonly<Record<string, string>>
type Shown = Pick<RequestView, 'tools' | 'texts' | 'shape'>

const ID_CHARS_MAX = 256
const ID = /^[\x21-\x7e]{1,256}$/
/** Helpers that read a conversation's prompt only to keep it in the cache. */
const warmers: ReadonlySet<string> = new Set(['cache_touch', 'resume_cache_warm'])
/** How its order to sum up a conversation begins, after a remark that no tools may be called. */
const COMPACTION = 'Your task is to create a detailed summary of'
const COMPACTION_WITHIN_CHARS = 2_000

/** Whether the command line, or what is built upon it, sends the request. */
export function isClaudeCode(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): boolean {
  const agent = headers['user-agent']
  return headers['x-app'] === 'cli' || (typeof agent === 'string' && agent.startsWith('claude-cli'))
}

/** Claude Code names its conversations itself; each of its agents has a prefix of its own. */
export function claudeCodeSession(headers: Readonly<Record<string, unknown>>): string | undefined {
  const session = headers['x-claude-code-session-id']
  if (typeof session !== 'string' || !ID.test(session)) return undefined
  const agent = headers['x-claude-code-agent-id']
  return typeof agent === 'string' && ID.test(agent) ? `${session}/${agent}` : session
}

/** @returns undefined for requests of other clients. */
export function claudeCodeRequest(headers: Headers, view: Shown): ClientRequest | undefined {
  const said = saidKind(headers)
  const kind = said ?? (isClaudeCode(headers) ? guessedKind(headers, view) : agentOf(headers))
  if (kind === undefined) return undefined
  const promptId = headers['x-claude-code-prompt-id']
  return {
    kind,
    guessed: said === undefined,
    promptId:
      promptId !== undefined && promptId !== '' && promptId.length <= ID_CHARS_MAX ? promptId : undefined,
    contextCompacted: isOn(headers['x-claude-code-context-compacted']),
    stays: kind === 'auxiliary' && (view.tools || isWarmer(headers)),
  }
}

function saidKind(headers: Headers): RequestKind | undefined {
  if (isOn(headers['x-claude-code-compaction'])) return 'compaction'
  const said = headers['x-claude-code-request-class']
  return requestKinds.find((kind) => kind === said)
}

function agentOf(headers: Headers): RequestKind | undefined {
  return headers['x-claude-code-agent-id'] === undefined ? undefined : 'subagent'
}

function guessedKind(headers: Headers, { tools, texts, shape }: Shown): RequestKind {
  if (!tools && asObject(asObject(shape.fields['output_config'])?.['format'])) return 'auxiliary'
  if (texts[0]?.slice(0, COMPACTION_WITHIN_CHARS).includes(COMPACTION) === true) return 'compaction'
  return agentOf(headers) ?? 'main'
}

/** Which of its headers names the helper is not laid down: the names themselves are its own and mean nothing else. */
function isWarmer(headers: Headers): boolean {
  for (const name in headers) {
    if (name.startsWith('x-claude-') && warmers.has(headers[name] ?? '')) return true
  }
  return false
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
