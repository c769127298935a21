import { describe, expect, it } from 'vitest'
import { vendorOf } from './vendor.ts'

describe('vendorOf', () => {
  it.each([
    ['claude-fable-5-2', 'openai-chat', 'anthropic'],
    ['gpt-6.2-sol', 'anthropic', 'openai'],
    ['o3', 'anthropic', 'openai'],
    ['chatgpt-x', 'anthropic', 'openai'],
    ['something', 'anthropic', 'anthropic'],
    ['something', 'openai-chat', 'openai'],
    ['orca', 'anthropic', 'anthropic'],
  ] as const)('takes %s over %s for a model of %s', (model, wire, vendor) => {
    expect(vendorOf(model, wire)).toBe(vendor)
  })
})
