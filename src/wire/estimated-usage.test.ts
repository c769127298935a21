import { describe, expect, it } from 'vitest'
import { noUsage } from '../core/wire.ts'
import { withOutput, withPrompt } from './estimated-usage.ts'

const untold = { ...noUsage, estimated: true }

describe('usage that was not told', () => {
  it('is a quarter of what was written, and says that it is estimated', () => {
    expect(withOutput(noUsage, 41)).toEqual({ ...untold, outputTokens: 11 })
  })

  it('is never less than what was told so far, and stays as it is where nothing was written', () => {
    const begun = { ...noUsage, inputTokens: 70, outputTokens: 3 }
    expect(withOutput(begun, 4)).toEqual({ ...begun, estimated: true })
    expect(withOutput(begun, 0)).toBe(begun)
  })

  it('has the prompt that was sent, but where one was told or all was', () => {
    const prompt = { promptTokens: 12.2 }
    expect(withPrompt(untold, prompt)).toEqual({ ...untold, inputTokens: 13 })
    const told = { ...untold, cacheReadTokens: 5 }
    expect(withPrompt(told, prompt)).toBe(told)
    expect(withPrompt(noUsage, prompt)).toBe(noUsage)
  })
})
