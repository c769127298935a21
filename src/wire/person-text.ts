import { QUOTE } from './json-scanner.ts'
import { visitBlocks } from './json-parts.ts'
import { type Span, textAt } from './json-text.ts'
import { KEPT_FIRST, type Skim } from './skim.ts'

/**
 * What the person wrote, among all that a chat's history carries: text of messages of role user, without the
 * reminders that a client slips in, without tool results. Both protocols write it the same way.
 */

/** Newest first. Looks back only over the messages whose spans are kept. */
export function personTexts({ body, messages }: Skim, textsMax: number): readonly string[] {
  const texts: string[] = []
  for (let index = (messages?.count ?? 0) - 1; texts.length < textsMax; index--) {
    const message = messages?.at(index)
    if (!message) break
    if (textAt(body, message.role) !== 'user') continue
    const text = personText(body, message.content)
    if (text !== '') texts.push(text)
  }
  return texts
}

/** What the person wrote first, where that is among the first messages; else ''. */
export function firstPersonText({ body, messages }: Skim): string {
  for (let index = 0; index < KEPT_FIRST; index++) {
    const message = messages?.at(index)
    if (!message) break
    if (textAt(body, message.role) !== 'user') continue
    const text = personText(body, message.content)
    if (text !== '') return text
  }
  return ''
}

/** The last message that is not of role system or developer: such ones follow what was said, they do not answer it. */
export function lastSaid({
  body,
  messages,
}: Skim): { readonly role: string; readonly content: Span | undefined } | undefined {
  for (let index = (messages?.count ?? 0) - 1; index >= 0; index--) {
    const message = messages?.at(index)
    if (!message) return undefined
    const role = textAt(body, message.role) ?? ''
    if (role !== 'system' && role !== 'developer') return { role, content: message.content }
  }
  return undefined
}

function personText(body: Buffer, content: Span | undefined): string {
  if (content === undefined) return ''
  if (body[content.start] === QUOTE) return blankless(stripReminders(textAt(body, content) ?? ''))
  const texts: string[] = []
  visitBlocks(body, content, (type, text) => {
    if (type !== 'text') return false
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
