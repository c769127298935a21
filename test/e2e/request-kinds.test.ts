/** What Claude Code says, or shows, of its requests, through a gateway that intercepts its models. */
import { describe, expect, it } from 'vitest'
import type { Upstream } from '../upstream/upstream.ts'
import { type Gateway, startGateway, understanding, upstreamOf, workerOf } from './harness.ts'

const cli = {
  'anthropic-version': '2023-06-01',
  'x-app': 'cli',
  'user-agent': 'claude-cli/2.1.331 (external, cli)',
  'x-claude-code-session-id': '7c9e6679-7425-40de-944b-e07fc1f90ae7',
}
const tools = [{ name: 'Bash', input_schema: { type: 'object' } }]
const json = { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } }
const STRATEGIC = 'Compare the approaches and recommend an overall strategy.'
const SUMMARY = 'Your task is to create a detailed summary of the conversation so far. Thanks!'

interface Desk {
  readonly gateway: Gateway
  readonly opus: Upstream
  readonly haiku: Upstream
  /** One request; @returns class, source, served model, and the record's kind. */
  ask(messages: readonly object[], more?: object, headers?: Readonly<Record<string, string>>): Promise<Seen>
}

interface Seen {
  readonly class: string | null
  readonly source: string | null
  readonly model: string | null
  readonly request: unknown
}

async function start(intercept = 'claude-*'): Promise<Desk> {
  const opus = await upstreamOf({ wire: 'anthropic', lenient: true })
  const haiku = await upstreamOf({ wire: 'anthropic', lenient: true })
  const gateway = await startGateway({
    ...understanding,
    intercept: [intercept],
    pools: {
      opus: { workers: [workerOf(opus, { model: 'claude-opus-5-5' })] },
      haiku: { workers: [workerOf(haiku, { model: 'claude-haiku-5-5' })] },
    },
    routes: { strategic: ['opus'], tactical: ['opus'], simple: ['haiku'] },
  })
  const ask: Desk['ask'] = async (messages, more = { tools }, headers = {}) => {
    const body = { model: 'claude-opus-5-5', max_tokens: 100, messages, ...more }
    const reply = await gateway.post('/v1/messages?beta=true', body, { ...cli, ...headers })
    expect(reply.status).toBe(200)
    await reply.text()
    const header = (name: string): string | null => reply.headers.get(`x-signalbox-${name}`)
    return {
      class: header('class'),
      source: header('source'),
      model: header('model'),
      request: gateway.records[0]?.request,
    }
  }
  return { gateway, opus, haiku, ask }
}

const person = (text: string): object => ({ role: 'user', content: [{ type: 'text', text }] })
const answer = { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] }
const call = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'Bash', input: {} }] }
const result = { type: 'tool_result', tool_use_id: 't1', content: 'ok' }

describe('a helper of Claude Code', () => {
  it('goes to the cheapest route, whatever its text says', async () => {
    const { ask } = await start()
    const hint = { 'x-claude-code-request-class': 'auxiliary' }
    expect(await ask([person(STRATEGIC)], json, hint)).toEqual({
      class: 'simple',
      source: 'request-class',
      model: 'claude-haiku-5-5',
      request: { kind: 'auxiliary', guessed: false },
    })
  })

  it('is known by its shape where there are no hints, and the record says that it is a guess', async () => {
    const { ask } = await start()
    expect(await ask([person(STRATEGIC)], json)).toMatchObject({
      source: 'request-class',
      request: { kind: 'auxiliary', guessed: true },
    })
  })

  it('does not change the class that the person’s turn has', async () => {
    const { ask } = await start()
    await ask([person(STRATEGIC)])
    await ask([person('Name this conversation')], json)
    const step = await ask([person(STRATEGIC), call, { role: 'user', content: [result] }])
    expect(step).toMatchObject({ class: 'strategic', source: 'turn', model: 'claude-opus-5-5' })
  })

  it('stays at the conversation’s model when it only keeps its prompt warm', async () => {
    const { ask } = await start()
    await ask([person(STRATEGIC)])
    const hint = { 'x-claude-code-request-class': 'auxiliary' }
    expect(await ask([person(STRATEGIC), answer, person('Hello')], { tools }, hint)).toMatchObject({
      class: 'strategic',
      source: 'turn',
      model: 'claude-opus-5-5',
    })
  })

  it('has the class that the caller forces', async () => {
    const { ask } = await start()
    const forced = { 'x-claude-code-request-class': 'auxiliary', 'x-signalbox-class': 'strategic' }
    expect(await ask([person('Hello')], json, forced)).toMatchObject({ class: 'strategic', source: 'forced' })
  })
})

describe('a request of the same shape from another client', () => {
  it('is classified by its text', async () => {
    const { ask } = await start()
    const other = { 'x-app': 'web', 'user-agent': 'python-requests/2.32' }
    const seen = await ask([person(STRATEGIC)], json, other)
    expect(seen).toMatchObject({ class: 'strategic', source: 'pattern', request: undefined })
  })
})

describe('a compaction', () => {
  it('keeps the class of the turn that it sums up, though its order says other things', async () => {
    const { ask } = await start()
    await ask([person(STRATEGIC)])
    const order = { role: 'user', content: [result, { type: 'text', text: SUMMARY }] }
    expect(await ask([person(STRATEGIC), call, order])).toEqual({
      class: 'strategic',
      source: 'turn',
      model: 'claude-opus-5-5',
      request: { kind: 'compaction', guessed: true },
    })
  })

  it('of a conversation that nobody knows is classified by what the person asked before', async () => {
    const { ask } = await start()
    expect(await ask([person(STRATEGIC), answer, person(SUMMARY)])).toMatchObject({ class: 'strategic' })
  })
})

describe('the id of a prompt', () => {
  const prompt = (id: string): Record<string, string> => ({ 'x-claude-code-prompt-id': id })

  it('decides the class once: what the client adds on the way is no new ask', async () => {
    const { ask } = await start()
    await ask([person(STRATEGIC)], { tools }, prompt('p-1'))
    const added = [person(STRATEGIC), answer, person('Thank you! Please continue from where you left off.')]
    expect(await ask(added, { tools }, prompt('p-1'))).toMatchObject({ class: 'strategic', source: 'turn' })
    expect(await ask([...added, answer, person('Thank you!')], { tools }, prompt('p-2'))).toMatchObject({
      class: 'simple',
      source: 'pattern',
    })
  })

  it('holds in its own conversation: a sub-agent has a class of its own', async () => {
    const { ask } = await start()
    await ask([person(STRATEGIC)], { tools }, prompt('p-1'))
    const agent = { ...prompt('p-1'), 'x-claude-code-agent-id': 'a-1' }
    expect(await ask([person('What is the capital of France?')], { tools }, agent)).toEqual({
      class: 'simple',
      source: 'pattern',
      model: 'claude-haiku-5-5',
      request: { kind: 'subagent', guessed: true },
    })
  })
})

describe('the person’s own choice of model', () => {
  it('wins over the home of the conversation, in the middle of it and of a tool loop', async () => {
    const { ask } = await start('nothing-*')
    const asked = (model: string): object => ({ tools, model })
    await ask([person(STRATEGIC)], asked('claude-opus-5-5'))
    const chosen = asked('claude-haiku-5-5')
    expect(await ask([person(STRATEGIC), answer, person(STRATEGIC)], chosen)).toMatchObject({
      model: 'claude-haiku-5-5',
    })
    const loop = [person(STRATEGIC), call, { role: 'user', content: [result] }]
    expect(await ask(loop, asked('claude-opus-5-5'))).toMatchObject({ model: 'claude-opus-5-5' })
  })

  it('that cannot be served is said aloud, with what is offered', async () => {
    const gateway = await startGateway({
      pools: { other: { workers: [workerOf(await upstreamOf({ wire: 'openai-chat' }))] } },
      routes: { tactical: ['other'] },
    })
    const body = { model: 'claude-fable-5-2', max_tokens: 9, messages: [person('Hello')] }
    const reply = await gateway.post('/v1/messages', body, cli)
    expect(reply.status).toBe(404)
    const { error } = (await reply.json()) as { readonly error: Readonly<Record<string, string>> }
    expect(error).toEqual({
      type: 'not_found_error',
      message: expect.stringMatching(
        /^no worker offers the model "claude-fable-5-2"; offered: auto, tactical, other, gpt-6-luna\. /,
      ),
    })
  })
})
