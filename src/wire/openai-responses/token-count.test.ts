import { describe, expect, it } from 'vitest'
import { inputTokensIn, inputTokensRequest } from './token-count.ts'

describe('a request to count a Responses request', () => {
  it('keeps what is read, and what does not only concern the answer', () => {
    const counted = {
      model: 'm',
      input: [],
      instructions: 'i',
      tools: [],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      reasoning: null,
      text: {},
    }
    const request = { ...counted, max_output_tokens: 9, stream: true, store: false }
    const body = inputTokensRequest(Buffer.from(JSON.stringify(request)))
    expect(JSON.parse(body.toString())).toEqual(counted)
  })
})

describe('a reply to it', () => {
  it.each([
    ['{"input_tokens":1}', 1],
    ['{"input_tokens":0}', undefined],
    ['{"input_tokens":-3}', undefined],
    ['{"input_tokens":"7"}', undefined],
    ['{}', undefined],
    ['no JSON', undefined],
  ])('counts something or is no count: %s', (body, tokens) => {
    expect(inputTokensIn(Buffer.from(body))).toBe(tokens)
  })
})
