import { describe, expect, it } from 'vitest'
import type { ClientRequest, RequestKind } from '../core/client-request.ts'
import type { Classification } from '../core/decision.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { createSessions, type Session } from './sessions.ts'
import { isSamePrompt, settledClass } from './settled-class.ts'

const classification: Classification = {
  class: 'strategic',
  confidence: 0.8,
  source: 'pattern',
  reasons: [],
  micros: 4,
}

function sessionOf(promptId?: string): Session | undefined {
  const sessions = createSessions(virtualClock())
  sessions.begin('a', { classification, kind: 'main', asked: 'm', promptId })
  return sessions.find('a')
}

const request = (kind: RequestKind, more: Partial<ClientRequest> = {}): ClientRequest => ({
  kind,
  guessed: false,
  promptId: undefined,
  contextCompacted: false,
  stays: false,
  ...more,
})

describe('the class of a helper', () => {
  it('is simple at once, in whatever conversation', () => {
    for (const session of [undefined, sessionOf()])
      expect(settledClass(request('auxiliary'), session, false)).toMatchObject({
        class: 'simple',
        source: 'request-class',
      })
  })

  it('is the conversation’s where it keeps its prompt warm', () => {
    const warmer = request('auxiliary', { stays: true })
    expect(settledClass(warmer, sessionOf(), false)).toMatchObject({ class: 'strategic', source: 'turn' })
    expect(settledClass(warmer, undefined, false)).toBeUndefined()
  })
})

describe('the class of a turn', () => {
  it('holds for its summary, for its tool loop, and for as long as the prompt’s id is the same', () => {
    const held = { class: 'strategic', confidence: 0.8, source: 'turn', micros: 0 }
    expect(settledClass(request('compaction'), sessionOf(), false)).toMatchObject(held)
    expect(settledClass(undefined, sessionOf(), true)).toMatchObject(held)
    expect(settledClass(request('main', { promptId: 'p' }), sessionOf('p'), false)).toMatchObject(held)
  })

  it('ends with the person’s next ask', () => {
    expect(settledClass(request('main', { promptId: 'q' }), sessionOf('p'), false)).toBeUndefined()
    expect(settledClass(request('main'), sessionOf(), false)).toBeUndefined()
    expect(settledClass(undefined, sessionOf('p'), false)).toBeUndefined()
    expect(isSamePrompt(request('main'), sessionOf())).toBe(false)
  })

  it('is not known where the conversation is not', () => {
    expect(settledClass(request('compaction'), undefined, true)).toBeUndefined()
    expect(settledClass(undefined, undefined, true)).toBeUndefined()
  })
})
