import { describe, expect, it } from 'vitest'
import type { Ask } from '../core/engine.ts'
import { failed } from '../core/outcome.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { protocols } from '../wire/catalog.ts'
import { translation } from '../wire/translate/catalog.ts'
import { createLearned } from '../workers/learned.ts'
import { Member } from '../workers/member.ts'
import { translatedExchange } from './exchange-translated.ts'
import { fakeMember } from './member-harness.ts'

interface Asked {
  readonly ownKey?: boolean
  readonly moved?: readonly string[]
  readonly fields?: Readonly<Record<string, unknown>>
}

/** A request of Anthropic’s client for a worker that speaks Chat Completions. */
function translated({ ownKey = true, moved = [], fields = {} }: Asked) {
  const body = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...fields }
  const ask: Ask = {
    wire: 'anthropic',
    body: Buffer.from(JSON.stringify(body)),
    query: '',
    headers: {},
  }
  const known = translation('anthropic', 'openai-chat')
  if (!known) throw new Error('no translation')
  const model = 'some-model'
  const member = new Member({
    ...fakeMember({ id: workerId('a', 1), pool: 'a', model }),
    ownKey,
  })
  return translatedExchange(
    { ask, view: protocols.anthropic.view(ask.body), traceId: 'trace' },
    { member, asked: 'auto', model, card: undefined, moved },
    known,
    {
      cards: createCards(),
      learned: createLearned(),
      translationOf: translation,
      lossesOf: () => moved,
      wallNowMs: () => 0,
    },
  )
}

describe('a translated exchange', () => {
  it('tells what the move costs beside what the other protocol has no word for, each once', () => {
    const lost = translated({ fields: { top_k: 3 } }).losses
    expect(lost).toHaveLength(1)
    const { losses } = translated({
      fields: { top_k: 3 },
      moved: ['thinking:organization', 'cache-cold', ...lost],
    })
    expect(losses).toEqual([...lost, 'thinking:organization', 'cache-cold'])
  })

  it.each([
    [false, 401, 'authentication_error'],
    [true, 502, 'api_error'],
  ])(
    'tells the caller of refused credentials as whose they are: the worker’s own, %s',
    (ownKey, status, type) => {
      const refused = failed('worker-credentials', 'no such key', 'account', { status: 401 })
      const reply = { status: 401, headers: {}, body: Buffer.alloc(0), scrub: (text: string) => text }
      const told = translated({ ownKey }).error(refused, reply)
      expect([told.status, JSON.parse(String(told.body as Buffer)).error.type]).toEqual([status, type])
    },
  )
})
