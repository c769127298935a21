import { describe, expect, it } from 'vitest'
import type { RequestView } from '../protocol.ts'
import { viewRequest } from '../request-view.ts'
import { openaiResponsesRequest } from './request.ts'

const view = (fields: object): RequestView =>
  viewRequest(Buffer.from(JSON.stringify({ model: 'm', ...fields })), openaiResponsesRequest)

describe('a view of a request to Responses', () => {
  it('takes a string for what the person said', () => {
    expect(view({ input: 'hel"lo' })).toMatchObject({
      texts: ['hel"lo'],
      opening: '\nhel"lo',
      toolLoopOpen: false,
    })
    expect(view({ input: '' }).texts).toEqual([])
  })

  it('reads messages with and without a type, and no other items', () => {
    const input = [
      { role: 'user', content: 'first' },
      { type: 'reasoning', summary: [], encrypted_content: 'x' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'answer' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'second' }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"role":"user"}' },
    ]
    expect(view({ input })).toMatchObject({ texts: ['second', 'first'], thinking: true, toolLoopOpen: false })
  })

  it.each([
    'function_call_output',
    'custom_tool_call_output',
    'computer_call_output',
    'mcp_approval_response',
  ])('has an open tool loop after an item of type %s', (type) => {
    const input = [
      { role: 'user', content: 'x' },
      { type, call_id: 'c', output: 'ok' },
    ]
    expect(view({ input }).toolLoopOpen).toBe(true)
    expect(view({ input: [...input, { role: 'developer', content: 'x' }] }).toolLoopOpen).toBe(true)
    expect(view({ input: [...input, { role: 'user', content: 'x' }] }).toolLoopOpen).toBe(false)
  })

  it('opens with the instructions, then the leading developer messages, then the person', () => {
    const input = [
      { role: 'developer', content: 'b' },
      { role: 'user', content: 'c' },
    ]
    expect(view({ instructions: 'a', input }).opening).toBe('a\nb\nc')
    expect(view({ instructions: 'a'.repeat(5_000), input }).opening).toBe(`${'a'.repeat(4_096)}\nc`)
    expect(view({ instructions: 'a', input: 'c' }).opening).toBe('a\nc')
  })

  it('reads effort, limit, tools and session where this protocol keeps them', () => {
    const fields = { reasoning: { effort: 'high' }, max_output_tokens: 9, tools: [{}], prompt_cache_key: 's' }
    expect(view({ input: 'x', ...fields })).toMatchObject({
      effort: 'high',
      maxTokens: 9,
      tools: true,
      session: 's',
    })
  })

  it('lets a request without input pass: what is asked may lie at the vendor', () => {
    expect(view({ prompt: { id: 'p' } })).toMatchObject({ texts: [], opening: '\n' })
    expect(view({ previous_response_id: 'r', input: [] }).toolLoopOpen).toBe(false)
  })

  it('refuses input that is neither text nor a list of objects', () => {
    expect(() => view({ input: 7 })).toThrow('input must be an array or a string')
    expect(() => view({ input: ['x'] })).toThrow('input.0 must be an object')
    expect(() => view({ input: [{ role: null }] })).toThrow('input.0.role must be a string')
  })
})
