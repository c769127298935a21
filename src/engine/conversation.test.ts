import { describe, expect, it } from 'vitest'
import type { Ask } from '../core/engine.ts'
import type { Wire } from '../core/wire.ts'
import { protocols } from '../wire/catalog.ts'
import { Conversation } from './conversation.ts'
import { createReplies, type Replies } from './replies.ts'

function conversation(
  request: object,
  ask: Partial<Ask> = {},
  replies: Replies = createReplies(),
): Conversation {
  const wire: Wire = ask.wire ?? 'anthropic'
  const body = Buffer.from(JSON.stringify({ model: 'auto', ...request }))
  return new Conversation({ wire, body, query: '', headers: {}, ...ask }, protocols[wire].view(body), replies)
}

const hello = { messages: [{ role: 'user', content: 'hello' }] }

describe('a conversation', () => {
  it('has the id that the caller gives, else the one in its body, else one of its opening', () => {
    const withKey = { ...hello, prompt_cache_key: 'key' }
    expect(conversation(withKey, { wire: 'openai-chat', session: 'mine' }).id).toBe('mine')
    expect(conversation(withKey, { wire: 'openai-chat' }).id).toBe('key')
    expect(conversation(hello).id).toMatch(/^[0-9a-f]{32}$/)
    const later = {
      messages: [...hello.messages, { role: 'assistant', content: 'hi' }, { role: 'user', content: 'go on' }],
    }
    expect(conversation(later).id).toBe(conversation(hello).id)
  })

  it('is another one for another caller', () => {
    const keys = [
      conversation(hello).key,
      conversation(hello, { tenant: 'a' }).key,
      conversation(hello, { credentials: { 'x-api-key': 'k' } }).key,
    ]
    expect(new Set(keys).size).toBe(3)
  })

  it('goes on where a request names no more than the reply that it follows', () => {
    const replies = createReplies()
    const first = conversation({ input: 'hello' }, { wire: 'openai-responses' }, replies)
    replies.note('resp_1', { conversation: first.id, account: 'a' })
    const next = conversation(
      { input: 'go on', previous_response_id: 'resp_1' },
      { wire: 'openai-responses' },
      replies,
    )
    expect(next.key).toBe(first.key)
    const lost = conversation(
      { input: 'go on', previous_response_id: 'resp_2' },
      { wire: 'openai-responses' },
      replies,
    )
    expect(lost.key).not.toBe(first.key)
  })
})

describe('the replies that are known', () => {
  it('are bounded: the one unused for longest goes', () => {
    const replies = createReplies()
    for (let index = 0; index <= 10_000; index++)
      replies.note(`resp_${index}`, { conversation: 'c', account: 'a' })
    expect(replies.find('resp_0')).toBeUndefined()
    expect(replies.find('resp_1')?.conversation).toBe('c')
  })
})
