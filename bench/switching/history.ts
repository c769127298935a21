const HEAD = JSON.stringify({
  model: 'auto',
  max_tokens: 8_192,
  thinking: { type: 'adaptive' },
  tools: [{ name: 'run', description: 'Runs a command.', input_schema: { type: 'object', properties: {} } }],
}).slice(0, -1)

interface Written {
  readonly plain: Buffer
  /** The same with a mark to cache everything up to here; the last message of a request carries it. */
  readonly marked: Buffer
}

interface Block {
  readonly type: string
  readonly id?: string
}

/** The messages of a conversation as a client keeps them, each written once. */
export class History {
  readonly #head: Buffer
  #messages: Written[] = []
  #calls: readonly string[] = []

  constructor(system: string) {
    const blocks = JSON.stringify([{ type: 'text', text: system, cache_control: { type: 'ephemeral' } }])
    this.#head = Buffer.from(`${HEAD},"system":${blocks},"messages":[`)
  }

  say(text: string): void {
    this.#add('user', [{ type: 'text', text }])
  }

  answer(content: readonly object[]): void {
    // What an agent's client gets back is blocks; only the calls among them are looked at.
    const blocks = content as readonly Block[]
    this.#calls = blocks.flatMap(({ type, id }) => (type === 'tool_use' && id !== undefined ? [id] : []))
    this.#add('assistant', content)
  }

  result(text: string): void {
    this.#add(
      'user',
      this.#calls.map((id) => ({ type: 'tool_result', tool_use_id: id, content: text })),
    )
  }

  /** What was said is replaced by its summary. */
  restart(summary: string): void {
    this.#messages = []
    this.#add('user', [{ type: 'text', text: `Summary of the work so far: ${summary}` }])
    this.#add('assistant', [{ type: 'text', text: 'Understood.' }])
  }

  body(): Buffer {
    const parts = [this.#head]
    const last = this.#messages.length - 1
    for (const [index, { plain, marked }] of this.#messages.entries()) {
      if (index > 0) parts.push(COMMA)
      parts.push(index === last ? marked : plain)
    }
    parts.push(TAIL)
    return Buffer.concat(parts)
  }

  #add(role: string, content: readonly object[]): void {
    const marked = content.map((block, index) =>
      index === content.length - 1 ? { ...block, cache_control: { type: 'ephemeral' } } : block,
    )
    this.#messages.push({
      plain: Buffer.from(JSON.stringify({ role, content })),
      marked: Buffer.from(JSON.stringify({ role, content: marked })),
    })
  }
}

const COMMA = Buffer.from(',')
const TAIL = Buffer.from(']}')
