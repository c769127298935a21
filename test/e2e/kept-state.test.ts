/** What OpenAI keeps lies at one account: whoever goes on from it must come there again, whatever the way. */
import { describe, expect, it } from 'vitest'
import type { Upstream } from '../upstream/upstream.ts'
import { type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'

interface Reply {
  readonly id: string
}

async function twoAccounts(): Promise<{ readonly gateway: Gateway; readonly accounts: readonly Upstream[] }> {
  const accounts = [
    await upstreamOf({ wire: 'openai-responses' }),
    await upstreamOf({ wire: 'openai-responses' }),
  ]
  const workers = accounts.map((account) => workerOf(account, { model: 'gpt-6-luna' }))
  const gateway = await startGateway({
    pools: { gpt: { strategy: 'round-robin', workers } },
    routes: { strategic: ['gpt'], tactical: ['gpt'], simple: ['gpt'] },
  })
  return { gateway, accounts }
}

const refusals = (accounts: readonly Upstream[]): number =>
  accounts.flatMap(({ requests }) => requests).filter(({ refusal }) => refusal !== undefined).length

describe('a reply that one of two accounts keeps', () => {
  it.each([
    ['a route', 'auto', {}],
    ['a pool that is asked for by name', 'gpt', {}],
    ['a model that is asked for by name', 'gpt-6-luna', {}],
    ['one cache key for many conversations', 'auto', { prompt_cache_key: 'all' }],
  ])('is gone on from at that account: %s', async (_name, model, more) => {
    const { gateway, accounts } = await twoAccounts()
    const ask = async (body: object): Promise<Reply> => {
      const reply = await gateway.post('/v1/responses', { model, ...more, ...body })
      expect(reply.status).toBe(200)
      return (await reply.json()) as Reply
    }
    const first = await Promise.all(['a', 'b', 'c', 'd'].map((input) => ask({ input })))
    for (const { id } of first) {
      const second = await ask({ input: 'go on', previous_response_id: id })
      await ask({ input: 'and on', previous_response_id: second.id })
    }
    expect(accounts.every(({ requests }) => requests.length > 0)).toBe(true)
    expect(refusals(accounts)).toBe(0)
  })

  it('is looked for at the other account by a process that does not know where it lies', async () => {
    const { gateway, accounts } = await twoAccounts()
    const elsewhere = await startGateway({
      pools: { gpt: { workers: [workerOf(accounts[1] as Upstream, { model: 'gpt-6-luna' })] } },
      routes: { strategic: ['gpt'], tactical: ['gpt'], simple: ['gpt'] },
    })
    const reply = await elsewhere.post('/v1/responses', { model: 'gpt', input: 'hi' })
    const { id } = (await reply.json()) as Reply
    for (let count = 0; count < 2; count++) {
      const next = await gateway.post('/v1/responses', {
        model: 'gpt',
        input: 'go on',
        previous_response_id: id,
      })
      expect(next.status).toBe(200)
    }
  })

  it('is refused in the vendor’s words where no account has it, and no account rests for that', async () => {
    const { gateway } = await twoAccounts()
    const lost = { model: 'gpt', input: 'go on', previous_response_id: 'resp_lost' }
    const reply = await gateway.post('/v1/responses', lost)
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('previous_response_not_found')
    expect(gateway.worker('gpt-1').state).toBe('healthy')
    expect((await gateway.post('/v1/responses', { model: 'gpt', input: 'hi' })).status).toBe(200)
  })
})
