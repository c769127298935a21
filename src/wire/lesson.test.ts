import { describe, expect, it } from 'vitest'
import type { Lesson, Mend } from '../core/lesson.ts'
import { editsOf, readLesson } from './lesson.ts'
import { createLosses } from './translate/losses.ts'

const anthropic = (message: string): Buffer =>
  Buffer.from(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }))
const openai = (error: object): Buffer => Buffer.from(JSON.stringify({ error }))
const remove: Mend = { kind: 'remove' }

describe('a refusal', () => {
  it.each<[string, Lesson]>([
    ['`temperature` is deprecated for this model.', { path: ['temperature'], mend: remove }],
    ['temperature: Extra inputs are not permitted', { path: ['temperature'], mend: remove }],
    [
      'thinking.block_binding: Extra inputs are not permitted',
      { path: ['thinking', 'block_binding'], mend: remove },
    ],
    [
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
      { path: ['thinking'], mend: remove },
    ],
    [
      'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": "disabled"}.',
      { path: ['thinking'], mend: remove },
    ],
    ['adaptive thinking is not supported on this model', { path: ['thinking'], mend: remove }],
    [
      "output_config.effort 'xhigh' is not supported when thinking is disabled on this model.",
      { path: ['output_config', 'effort'], mend: remove },
    ],
    [
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
      { path: ['output_config', 'effort'], mend: remove },
    ],
    [
      'tool_choice: type "tool" and "any" are not supported for this model.',
      { path: ['tool_choice'], mend: { kind: 'set', value: { type: 'auto' } } },
    ],
    [
      'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for some-model',
      { path: ['max_tokens'], mend: { kind: 'most', value: 64_000 } },
    ],
  ])('of Anthropic’s that says "%s" names its field', (message, lesson) => {
    expect(readLesson(anthropic(message))).toEqual(lesson)
  })

  it.each<[object, Lesson]>([
    [
      { message: "Unsupported value: 'temperature' …", param: 'temperature', code: 'unsupported_value' },
      { path: ['temperature'], mend: remove },
    ],
    [
      {
        message:
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        param: 'max_tokens',
        code: 'unsupported_parameter',
      },
      { path: ['max_tokens'], mend: { kind: 'rename', to: 'max_completion_tokens' } },
    ],
    [
      { message: 'no such', param: 'reasoning.effort', code: 'unsupported_value' },
      { path: ['reasoning', 'effort'], mend: remove },
    ],
    [
      {
        message: 'Function tools with reasoning_effort are not supported for this model.',
        param: 'reasoning_effort',
        code: null,
      },
      { path: ['reasoning_effort'], mend: { kind: 'set', value: 'none' } },
    ],
  ])('of OpenAI’s, %j, names its field', (error, lesson) => {
    expect(readLesson(openai(error))).toEqual(lesson)
  })

  it.each([
    anthropic('messages.1.content.0: Invalid `signature` in `thinking` block.'),
    anthropic('messages: Extra inputs are not permitted'),
    anthropic('tools.0: Extra inputs are not permitted'),
    anthropic('prompt is too long: 210000 tokens > 200000 maximum'),
    openai({ message: 'x', param: 'messages[0].content', code: 'unsupported_value' }),
    openai({ message: 'x', param: 'model', code: 'unsupported_value' }),
    openai({ message: 'x', param: '__proto__', code: 'unsupported_parameter' }),
    openai({ message: 'x', param: 'a.b.c', code: 'unsupported_parameter' }),
    openai({ message: 'x', param: 'temperature', code: 'context_length_exceeded' }),
    openai({ param: 'temperature', code: 'unsupported_value' }),
    Buffer.from('{"error":"temperature"}'),
    Buffer.from('<html>'),
    Buffer.alloc(0),
  ])('teaches nothing where it is about the conversation, or about no field: %s', (body) => {
    expect(readLesson(body)).toBeUndefined()
  })
})

describe('lessons', () => {
  const edited = (lessons: readonly Lesson[], fields: Record<string, unknown>) => {
    const losses = createLosses()
    return { edits: editsOf(lessons, fields, losses), losses: losses.list() }
  }

  it('change what the request has, and nothing else', () => {
    const lessons: readonly Lesson[] = [
      { path: ['temperature'], mend: remove },
      { path: ['output_config', 'effort'], mend: remove },
      { path: ['seed'], mend: remove },
    ]
    expect(edited(lessons, { temperature: 1, output_config: { effort: 'max' } })).toEqual({
      edits: [
        { path: ['temperature'], value: undefined },
        { path: ['output_config', 'effort'], value: undefined },
      ],
      losses: ['sampling-dropped', 'effort-clamped'],
    })
  })

  it('lower a number only where it is above the greatest', () => {
    const lessons: readonly Lesson[] = [{ path: ['max_tokens'], mend: { kind: 'most', value: 100 } }]
    expect(edited(lessons, { max_tokens: 100 }).edits).toEqual([])
    expect(edited(lessons, { max_tokens: 101 })).toEqual({
      edits: [{ path: ['max_tokens'], value: 100 }],
      losses: ['max-tokens-clamped'],
    })
  })

  it('rename without a loss', () => {
    const lessons: readonly Lesson[] = [
      { path: ['max_tokens'], mend: { kind: 'rename', to: 'max_completion_tokens' } },
    ]
    expect(edited(lessons, { max_tokens: 7 })).toEqual({
      edits: [
        { path: ['max_tokens'], value: undefined },
        { path: ['max_completion_tokens'], value: 7 },
      ],
      losses: [],
    })
  })
})
