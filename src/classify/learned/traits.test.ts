import { describe, expect, it } from 'vitest'
import { traitNames, Traits } from './traits.ts'

function traitOf(name: (typeof traitNames)[number], text: string): number {
  const traits = new Traits()
  traits.read(text)
  return traits.values[traitNames.indexOf(name)] as number
}

describe('the traits of a text', () => {
  it('count punctuation in all its forms', () => {
    expect(traitOf('commas', 'a, b')).toBe(traitOf('commas', '甲、乙'))
    expect(traitOf('questions', 'why?')).toBe(traitOf('questions', 'لماذا؟'))
    expect(traitOf('sentence-ends', 'Done.')).toBe(traitOf('sentence-ends', '完成。'))
    expect(traitOf('ends-in-question', 'What is a queue?"')).toBe(1)
    expect(traitOf('ends-in-question', 'What? Tell me.')).toBe(0)
  })

  it('weigh a Han character as several letters', () => {
    expect(traitOf('weighted-length', '設計')).toBeGreaterThan(traitOf('weighted-length', 'ab'))
    expect(traitOf('length', '設計')).toBe(traitOf('length', 'ab'))
  })

  it('know acronyms, numbers, code, list lines and capitals', () => {
    expect(traitOf('acronyms', 'the SSH and WAL of Go')).toBeCloseTo(Math.log1p(2))
    expect(traitOf('numbers', '12 and 345')).toBeCloseTo(Math.log1p(2))
    expect(traitOf('code-signs', 'a = b[c];')).toBeGreaterThan(0)
    expect(traitOf('maths-signs', 'x + y ≤ z')).toBeCloseTo(Math.log1p(2))
    expect(traitOf('list-lines', '- a\n- b\n* c\n1. d')).toBeCloseTo(Math.log1p(4))
    expect(traitOf('capitals-share', 'ABcd')).toBe(0.5)
  })

  it('say nothing of an empty text', () => {
    const traits = new Traits()
    traits.read('before')
    traits.read('')
    expect([...traits.values].every((value) => value === 0)).toBe(true)
  })
})
