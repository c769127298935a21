import { describe, expect, it } from 'vitest'
import { dialectFor, dialects } from './dialects.ts'

describe('the dialect of a server', () => {
  it('is the one that is named, whatever the host', () => {
    expect(dialectFor('vllm', 'https://api.openai.com/v1')).toBe(dialects.vllm)
  })

  it.each(['https://api.openai.com/v1', 'https://eu.api.openai.com/v1', 'https://API.OPENAI.COM'])(
    'is OpenAI’s at %s',
    (baseUrl) => {
      expect(dialectFor(undefined, baseUrl)).toBe(dialects.openai)
    },
  )

  it.each([
    'http://127.0.0.1:8000/v1',
    'https://api.openai.com.example.org/v1',
    'https://notapi.openai.com.evil/v1',
    'https://xapi.openai.com/v1',
    'not a url',
    '',
  ])('is the plain one at "%s"', (baseUrl) => {
    expect(dialectFor(undefined, baseUrl)).toBe(dialects.compatible)
  })

  it('carries the name that it is listed under', () => {
    for (const [name, dialect] of Object.entries(dialects)) expect(dialect.name).toBe(name)
  })
})
