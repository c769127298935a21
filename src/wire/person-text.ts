import { QUOTE } from './json-scanner.ts'
import { contentStart, visitBlocks } from './json-parts.ts'
import { type Span, textAt } from './json-text.ts'
import { KEPT_FIRST, type MessageSpan, roleOf, type Skim } from './skim.ts'

/**
 * What the person wrote, among all that a chat's history carries: text of messages of role user, without the
 * reminders that a client slips in, without tool results. Both protocols write it the same way.
 */

/** Newest first. Looks back only over the messages whose spans are kept. */
export function personTexts(skim: Skim, textsMax: number): readonly string[] {
  const { messages } = skim
  const texts: string[] = []
  for (let index = (messages?.count ?? 0) - 1; texts.length < textsMax; index--) {
    const message = messages?.at(index)
    if (!message) break
    if (roleOf(skim, message) !== 'user') continue
    const text = personText(skim, message.content)
    if (text !== '') texts.push(text)
  }
  return texts
}

/** What the person wrote first, where that is among the first messages; else ''. */
export function firstPersonText(skim: Skim): string {
  for (let index = 0; index < KEPT_FIRST; index++) {
    const message = skim.messages?.at(index)
    if (!message) break
    if (roleOf(skim, message) !== 'user') continue
    const text = personText(skim, message.content)
    if (text !== '') return text
  }
  return ''
}

/** The last message that is not of role system or developer: such ones follow what was said, they do not answer it. */
export function lastSaid(skim: Skim): Said | undefined {
  const { messages } = skim
  for (let index = (messages?.count ?? 0) - 1; index >= 0; index--) {
    const message = messages?.at(index)
    if (!message) return undefined
    const role = roleOf(skim, message) ?? ''
    if (role !== 'system' && role !== 'developer') return { role, message }
  }
  return undefined
}

/** The beginning of what the leading messages of role system or developer say. */
export function leadingSystemText(skim: Skim, charsMax: number): string {
  const { body, conversation, messages } = skim
  let start = ''
  for (let index = 0; start.length < charsMax; index++) {
    const message = messages?.at(index)
    const role = message && roleOf(skim, message)
    if (role !== 'system' && role !== 'developer') break
    const more = contentStart(body, message?.content, conversation.textTypes, charsMax - start.length)
    start = start === '' ? more : `${start}\n${more}`
  }
  return start.slice(0, charsMax)
}

export interface Said {
  /** '' for an item that has none. */
  readonly role: string
  readonly message: MessageSpan
}

function personText({ body, conversation }: Skim, content: Span | undefined): string {
  if (content === undefined) return ''
  if (body[content.start] === QUOTE) return blankless(stripReminders(textAt(body, content) ?? ''))
  const texts: string[] = []
  visitBlocks(body, content, (type, text) => {
    if (type === undefined || !conversation.textTypes.includes(type)) return false
    // Reminders are stripped block by block: an unclosed one must not swallow what the person wrote in the next.
    const own = blankless(stripReminders(textAt(body, text) ?? ''))
    if (own !== '') texts.push(own)
    return false
  })
  return texts.join('\n')
}

const OPEN = '<system-reminder>'
const CLOSE = '</system-reminder>'

/** Removes each reminder, an unclosed one to the end. One pass: no search starts before the last one's end. */
export function stripReminders(text: string): string {
  let open = text.indexOf(OPEN)
  if (open === -1) return text
  let kept = ''
  let from = 0
  while (open !== -1) {
    kept += text.slice(from, open)
    const close = text.indexOf(CLOSE, open + OPEN.length)
    if (close === -1) return kept.trim()
    from = close + CLOSE.length
    open = text.indexOf(OPEN, from)
  }
  return (kept + text.slice(from)).trim()
}

function blankless(text: string): string {
  return text.trim() === '' ? '' : text
}
