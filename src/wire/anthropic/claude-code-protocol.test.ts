import { describe, expect, it } from 'vitest'
import { capabilities } from '../../core/capability.ts'
import { SignalboxError } from '../../core/errors.ts'
import { claudeCodeProtocol } from './claude-code-protocol.ts'
import { anthropicProtocol } from './protocol.ts'

const messageOf = (error: SignalboxError, protocol = claudeCodeProtocol): string =>
  JSON.parse(protocol.errorBody(error, 'trace').toString()).error.message

describe('a refusal for Claude Code', () => {
  it.each(capabilities)('names what the target lacks, and nothing else: %s', (lacks) => {
    const error = new SignalboxError('model-mismatch', 'x does not take y', { path: 'messages.3', lacks })
    expect(JSON.parse(claudeCodeProtocol.errorBody(error, 'trace').toString())).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: `capability_rejected: ${lacks}` },
      request_id: 'trace',
    })
    expect(claudeCodeProtocol.errorEvent(error, 'trace').toString()).toContain(
      `"capability_rejected: ${lacks}"`,
    )
    expect(messageOf(error, anthropicProtocol)).toMatch(/^x does not take y\. /)
  })

  it('says how long a prompt is in the words that make it shorten the conversation', () => {
    const sentence = 'prompt is too long: 250000 tokens > 200000 maximum'
    expect(messageOf(new SignalboxError('model-mismatch', sentence))).toBe(sentence)
  })

  it('is our own sentence where there is no such word', () => {
    const error = new SignalboxError('untranslatable', 'container: the worker has no containers')
    expect(messageOf(error)).toBe(messageOf(error, anthropicProtocol))
  })
})
