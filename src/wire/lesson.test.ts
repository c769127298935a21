import { describe, expect, it } from 'vitest'
import type { Lesson, Mend } from '../core/lesson.ts'
import { readLesson } from './lesson.ts'

const anthropic = (message: string): Buffer =>
  Buffer.from(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } }))
const openai = (error: object): Buffer => Buffer.from(JSON.stringify({ error }))
const remove: Mend = { kind: 'remove' }
const value = (param: string, message = 'no such value'): Buffer =>
  openai({ message, param, code: 'unsupported_value' })
const parameter = (param: string, message = 'no such parameter'): Buffer =>
  openai({ message, param, code: 'unsupported_parameter' })
const renaming = (from: string, to: string): Buffer =>
  parameter(from, `Unsupported parameter: '${from}' is not supported with this model. Use '${to}' instead.`)

type Fields = Record<string, unknown>

describe('a refusal', () => {
  it.each<[string, Fields, Lesson]>([
    [
      '`temperature` is deprecated for this model.',
      { temperature: 1 },
      { path: ['temperature'], mend: remove },
    ],
    [
      'temperature: Extra inputs are not permitted',
      { temperature: 1 },
      { path: ['temperature'], mend: remove },
    ],
    [
      'thinking.block_binding: Extra inputs are not permitted',
      { thinking: { type: 'adaptive', block_binding: 'x' } },
      { path: ['thinking', 'block_binding'], mend: remove },
    ],
    ['speedy: Extra inputs are not permitted', { speedy: true }, { path: ['speedy'], mend: remove }],
    [
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
      { path: ['thinking'], mend: remove, when: { thinking: { type: 'enabled' } } },
    ],
    [
      'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": "disabled"}.',
      { thinking: { type: 'disabled' } },
      { path: ['thinking'], mend: remove, when: { thinking: { type: 'disabled' } } },
    ],
    [
      'adaptive thinking is not supported on this model',
      { thinking: { type: 'adaptive' } },
      { path: ['thinking'], mend: remove, when: { thinking: { type: 'adaptive' } } },
    ],
    [
      "output_config.effort 'xhigh' is not supported when thinking is disabled on this model.",
      { output_config: { effort: 'xhigh' }, thinking: { type: 'disabled' } },
      {
        path: ['output_config', 'effort'],
        mend: remove,
        when: { output_config: { effort: 'xhigh' }, thinking: { type: 'disabled' } },
      },
    ],
    [
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
      { output_config: { effort: 'xhigh', format: {} } },
      { path: ['output_config', 'effort'], mend: remove, when: { output_config: { effort: 'xhigh' } } },
    ],
    [
      'tool_choice: type "tool" and "any" are not supported for this model.',
      { tool_choice: { type: 'any' } },
      {
        path: ['tool_choice'],
        mend: { kind: 'set', value: { type: 'auto' } },
        when: { tool_choice: { type: 'any' } },
      },
    ],
    [
      'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for some-model',
      { max_tokens: 128_000 },
      { path: ['max_tokens'], mend: { kind: 'most', value: 64_000 } },
    ],
  ])('of Anthropic’s that says "%s" names its field, or its value', (message, sent, lesson) => {
    expect(readLesson(anthropic(message), sent)).toEqual(lesson)
  })

  it.each<[string, Buffer, Fields, Lesson]>([
    [
      'a field',
      parameter('temperature'),
      { temperature: 1, messages: true },
      { path: ['temperature'], mend: remove },
    ],
    [
      'a field with another name',
      renaming('max_tokens', 'max_completion_tokens'),
      { max_tokens: 9 },
      { path: ['max_tokens'], mend: { kind: 'rename', to: 'max_completion_tokens' } },
    ],
    [
      'every value but the default',
      value(
        'temperature',
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      ),
      { temperature: 0.2 },
      { path: ['temperature'], mend: remove },
    ],
    [
      'one value',
      value('temperature'),
      { temperature: 0.2 },
      { path: ['temperature'], mend: remove, when: { temperature: 0.2 } },
    ],
    [
      'one level of effort',
      value('reasoning_effort'),
      { reasoning_effort: 'minimal' },
      { path: ['reasoning_effort'], mend: remove, when: { reasoning_effort: 'minimal' } },
    ],
    [
      'one level of effort, in a member',
      value('reasoning.effort'),
      { reasoning: { effort: 'none', summary: 'auto' } },
      { path: ['reasoning', 'effort'], mend: remove, when: { reasoning: { effort: 'none' } } },
    ],
    [
      'an effort beside tools',
      openai({
        message: 'Function tools with reasoning_effort are not supported for this model.',
        param: 'reasoning_effort',
        code: null,
      }),
      { reasoning_effort: 'high', tools: true },
      { path: ['reasoning_effort'], mend: { kind: 'set', value: 'none' }, when: { tools: true } },
    ],
  ])('of OpenAI’s of %s teaches just that', (_what, refusal, sent, lesson) => {
    expect(readLesson(refusal, sent)).toEqual(lesson)
  })

  it.each([
    anthropic('messages.1.content.0: Invalid `signature` in `thinking` block.'),
    anthropic('tools.0: Extra inputs are not permitted'),
    anthropic('prompt is too long: 210000 tokens > 200000 maximum'),
    anthropic('output_config.effort requires a model that supports per-turn effort; this model does not'),
    value('messages[0].content'),
    parameter('__proto__'),
    openai({ message: 'Function tools with reasoning_effort are not …', param: 'temperature', code: null }),
    parameter('thinking.a.b'),
    openai({ message: 'x', param: 'temperature', code: 'context_length_exceeded' }),
    openai({ param: 'temperature', code: 'unsupported_value' }),
    Buffer.from('{"error":"temperature"}'),
    Buffer.from('<html>'),
    Buffer.alloc(0),
  ])('teaches nothing where it is about the conversation, or about no field: %s', (refusal) => {
    const sent = { temperature: 1, tools: true, output_config: { effort: 'high' }, thinking: { a: { b: 1 } } }
    expect(readLesson(refusal, sent)).toBeUndefined()
  })

  it.each([
    'messages',
    'tools',
    'previous_response_id',
    'conversation',
    'prompt',
    'context_management',
    'container',
    'tool_choice',
    'text',
    'text.format',
    'response_format',
    'output_config.format',
    'metadata',
    'store',
    'safeguards',
    'inference_geo',
    'task_budget',
    'output_config.task_budget',
    'user_profile_id',
  ])('never teaches to leave out %s, which makes up the question', (name) => {
    const [root = '', member] = name.split('.')
    const sent = { [root]: member === undefined ? 'x' : { [member]: 'x' } }
    for (const refusal of [
      value(name),
      parameter(name),
      openai({ message: `Unknown parameter: '${name}'.`, param: name, code: 'unknown_parameter' }),
      anthropic(`${name}: Extra inputs are not permitted`),
    ])
      expect(readLesson(refusal, sent)).toBeUndefined()
  })

  it('teaches to leave out a name that nobody knows only in Anthropic’s words', () => {
    expect(readLesson(parameter('speedy'), { speedy: 1 })).toBeUndefined()
  })

  it.each(['messages', '__proto__', 'constructor', 'temperature', 'max_tokens'])(
    'does not teach to rename a limit to %s',
    (to) => {
      expect(readLesson(renaming('max_tokens', to), { max_tokens: 9, temperature: 1 })).toBeUndefined()
    },
  )

  it.each([
    'max_tokens: 7 > 0, which is',
    'max_tokens: 7 > 15, which is',
    'max_tokens: 900 > 1000, which is',
  ])('teaches no limit that cannot be: %s', (message) => {
    expect(readLesson(anthropic(message), { max_tokens: 2_000 })).toBeUndefined()
  })

  it.each(['constructor', 'temperature'])('teaches nothing of %s where it was not sent', (name) => {
    expect(readLesson(anthropic(`${name}: Extra inputs are not permitted`), {})).toBeUndefined()
    expect(readLesson(value(name), { stream: true })).toBeUndefined()
  })

  it('teaches nothing of a value that is no word and no number', () => {
    expect(readLesson(value('reasoning'), { reasoning: { effort: 'high' } })).toBeUndefined()
    expect(readLesson(value('verbosity'), { verbosity: 'x'.repeat(33) })).toBeUndefined()
    expect(readLesson(value('verbosity'), { verbosity: 'say it all' })).toBeUndefined()
  })

  it('keeps no value that tells of a person', () => {
    expect(readLesson(value('user'), { user: 'ada' })).toBeUndefined()
    expect(readLesson(value('prompt_cache_key'), { prompt_cache_key: 'ada' })).toBeUndefined()
  })
})
