import { describe, expect, it } from 'vitest'
import type { Wire } from '../../core/wire.ts'
import { splice } from '../splice.ts'
import { anthropicReply, responsesReply } from './anthropic-responses.suite.ts'
import { foreignReasoning } from './foreign-reasoning.ts'

function cleaned(wire: Wire, body: object): unknown {
  const bytes = Buffer.from(JSON.stringify(body))
  return JSON.parse(Buffer.concat(splice(bytes, foreignReasoning(bytes, wire))).toString('utf8'))
}

const own = { type: 'thinking', thinking: 'Hm.', signature: 'EqQ=' }
const said = { type: 'text', text: 'signalbox-reasoning-1:openai:m:l:s' }

const openai = anthropicReply({
  object: 'response',
  status: 'completed',
  output: [
    { type: 'reasoning', id: 'rs_1', summary: [{ text: 'Thus.' }], encrypted_content: 'x' },
    { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'y' },
  ],
}).content

const anthropic = responsesReply({
  type: 'message',
  content: [own, { type: 'redacted_thinking', data: 'EqR=' }],
  stop_reason: 'end_turn',
}).output

describe('a request that passes untranslated to the vendor of its protocol', () => {
  it('loses what the other vendor’s model thought, and nothing else', () => {
    const messages = (...content: readonly object[]): object => ({
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content },
      ],
    })
    expect(cleaned('anthropic', messages(openai[0], own, said, openai[1]))).toEqual(messages(own, said))
    const input = (...items: readonly object[]): object => ({
      input: [{ role: 'user', content: 'x' }, ...items],
    })
    const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' }
    expect(cleaned('openai-responses', input(...anthropic, sealed))).toEqual(input(sealed))
  })

  it('loses turns of nothing but that', () => {
    const first = { role: 'user', content: 'x' }
    expect(cleaned('anthropic', { messages: [first, { role: 'assistant', content: openai }] })).toEqual({
      messages: [first],
    })
  })

  it('is otherwise left alone, whatever it is', () => {
    const bodies = ['', '{', '[]', '{"messages":7}', JSON.stringify({ messages: [{ content: [said] }] })]
    for (const wire of ['anthropic', 'openai-chat', 'openai-responses'] as const) {
      for (const body of bodies) expect(foreignReasoning(Buffer.from(body), wire)).toEqual([])
    }
  })
})
