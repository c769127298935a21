import { describe, expect, it } from 'vitest'
import { type Mend, sentenceOf } from './lesson.ts'

describe('the sentence of a lesson', () => {
  it.each<[Mend, string]>([
    [{ kind: 'remove' }, 'it is left out'],
    [{ kind: 'set', value: 'high' }, 'another value is sent'],
    [{ kind: 'most', value: 9 }, 'it is lowered'],
    [{ kind: 'rename', to: 'limit' }, 'it is sent under another name'],
  ])('says what is done with the field: %j', (mend, words) => {
    const fact = { host: 'api.test', model: 'm', lesson: { path: ['a', 'b'], mend }, at: '' }
    expect(sentenceOf(fact)).toBe(`m at api.test does not take a.b: ${words}`)
  })
})
