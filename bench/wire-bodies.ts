import { type Random, seededRandom } from '../src/core/random.ts'

/**
 * Requests as coding agents send them: a system prompt, tools with schemas, a history of texts, tool calls and
 * results. Seeded. The density of what costs a reader is that of real files: in 30 MB of JavaScript and Python
 * sources there is one double quote in about 100 bytes, one line break in 40.
 */
const words = (
  'the of and to in is that for with as this file value return when which state worker queue message error ' +
  'session budget request handler should before after check list build route index count limit retry change'
).split(' ')

export function agentBody(bytes: number, seed = 7): Buffer {
  const random = seededRandom(seed)
  const messages: unknown[] = []
  const head = {
    model: 'claude-opus-5-5',
    max_tokens: 32_000,
    stream: true,
    system: [{ type: 'text', text: prose(random, bytes * 0.1), cache_control: { type: 'ephemeral' } }],
    tools: bytes < 4_000 ? [] : Array.from({ length: 12 }, (_, index) => tool(random, index, bytes * 0.008)),
    metadata: { user_id: '{"device_id":"d","session_id":"0f8fad5b-d9cb-469f-a165-70867728950e"}' },
    messages,
  }
  let missing = bytes - JSON.stringify(head).length - 120
  for (let turn = 0; missing > 0; turn++) {
    const pair = turn % 4 === 0 ? said(random, missing) : worked(random, turn, missing)
    messages.push(...pair)
    missing -= JSON.stringify(pair).length
  }
  messages.push({ role: 'user', content: [{ type: 'text', text: 'go on, and run the tests' }] })
  return Buffer.from(JSON.stringify(head))
}

function said(random: Random, missing: number): readonly unknown[] {
  const text = prose(random, Math.min(missing * 0.4, 400))
  const answer = prose(random, Math.min(missing * 0.5, 900))
  return [
    { role: 'user', content: [{ type: 'text', text }] },
    { role: 'assistant', content: [{ type: 'text', text: answer }] },
  ]
}

function worked(random: Random, turn: number, missing: number): readonly unknown[] {
  const id = `toolu_${turn.toString(36).padStart(12, '0')}`
  const input = { file_path: `/src/room/file-${turn}.ts`, offset: turn }
  const content = code(random, Math.min(Math.max(missing - 250, 20), 2_000 + random.next() * 8_000))
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'Read', input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  ]
}

function tool(random: Random, index: number, bytes: number): unknown {
  const property = { type: 'string', description: prose(random, 60) }
  return {
    name: `Tool${index}`,
    description: prose(random, bytes),
    input_schema: {
      type: 'object',
      properties: { path: property, limit: { type: 'number' } },
      required: ['path'],
    },
  }
}

function prose(random: Random, bytes: number): string {
  let text = ''
  while (text.length < bytes) text += `${word(random)}${random.next() < 0.08 ? '.\n' : ' '}`
  return text
}

function code(random: Random, bytes: number): string {
  let text = ''
  for (let line = 1; text.length < bytes; line++) {
    const quoted = random.next() < 0.2 ? `"${word(random)}"` : `${word(random)}(${word(random)})`
    text += `${line}\t  const ${word(random)} = ${quoted} // ${word(random)} ${word(random)}\n`
  }
  return text
}

function word(random: Random): string {
  return words[random.uint32() % words.length] ?? 'word'
}
