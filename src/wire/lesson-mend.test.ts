import { describe, expect, it } from 'vitest'
import type { Lesson, Mend } from '../core/lesson.ts'
import { editsOf } from './lesson-mend.ts'
import { createLosses } from './translate/losses.ts'

const remove: Mend = { kind: 'remove' }

function edited(lessons: readonly Lesson[], fields: Record<string, unknown>) {
  const losses = createLosses()
  return { edits: editsOf(lessons, fields, losses), losses: losses.list() }
}

describe('lessons', () => {
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

  it('of one value leave every other alone', () => {
    const lessons: readonly Lesson[] = [
      { path: ['reasoning_effort'], mend: remove, when: { reasoning_effort: 'minimal' } },
      { path: ['thinking'], mend: remove, when: { thinking: { type: 'enabled' } } },
    ]
    expect(edited(lessons, { reasoning_effort: 'low', thinking: { type: 'adaptive' } }).edits).toEqual([])
    expect(
      edited(lessons, { reasoning_effort: 'minimal', thinking: { type: 'enabled', budget_tokens: 2000 } }),
    ).toEqual({
      edits: [
        { path: ['reasoning_effort'], value: undefined },
        { path: ['thinking'], value: undefined },
      ],
      losses: ['effort-clamped', 'removed:thinking'],
    })
  })

  it('of two fields together hold only where both stand', () => {
    const lessons: readonly Lesson[] = [
      { path: ['reasoning_effort'], mend: { kind: 'set', value: 'none' }, when: { tools: true } },
    ]
    expect(edited(lessons, { reasoning_effort: 'low' }).edits).toEqual([])
    expect(edited(lessons, { reasoning_effort: 'none', tools: true })).toEqual({ edits: [], losses: [] })
    expect(edited(lessons, { reasoning_effort: 'low', tools: true }).edits).toEqual([
      { path: ['reasoning_effort'], value: 'none' },
    ])
  })

  it('lower a number only where it is above the greatest', () => {
    const lessons: readonly Lesson[] = [{ path: ['max_tokens'], mend: { kind: 'most', value: 100 } }]
    expect(edited(lessons, { max_tokens: 100 }).edits).toEqual([])
    expect(edited(lessons, { max_tokens: 101 })).toEqual({
      edits: [{ path: ['max_tokens'], value: 100 }],
      losses: ['max-tokens-clamped'],
    })
  })

  const rename: readonly Lesson[] = [
    { path: ['max_tokens'], mend: { kind: 'rename', to: 'max_completion_tokens' } },
  ]

  it('rename without a loss', () => {
    expect(edited(rename, { max_tokens: 7 })).toEqual({
      edits: [
        { path: ['max_tokens'], value: undefined },
        { path: ['max_completion_tokens'], value: 7 },
      ],
      losses: [],
    })
  })

  it('never rename over a field that the request has', () => {
    expect(edited(rename, { max_tokens: 7, max_completion_tokens: 8 })).toEqual({
      edits: [{ path: ['max_tokens'], value: undefined }],
      losses: ['removed:max_tokens'],
    })
  })

  it.each(['constructor', 'toString', '__proto__'])('see own fields alone: %s', (name) => {
    expect(edited([{ path: [name], mend: remove }], {})).toEqual({ edits: [], losses: [] })
  })

  it('tell a field named constructor by its name', () => {
    expect(edited([{ path: ['constructor'], mend: remove }], { constructor: 1 }).losses).toEqual([
      'removed:constructor',
    ])
  })
})
