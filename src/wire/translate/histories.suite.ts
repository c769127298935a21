import fc from 'fast-check'

/** Arbitrary histories of Anthropic's protocol, valid and made of what every other protocol has a word for. */

/** Text that is kept: neither empty nor white space alone. */
export const words = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '')
export const toolName = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
export const input = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
const textBlock = words.map((text) => ({ type: 'text', text }))
const image = fc.oneof(
  fc.base64String({ minLength: 4 }).map((data) => ({
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data },
  })),
  fc.webUrl().map((url) => ({ type: 'image', source: { type: 'url', url } })),
)
const userTurn = fc.record({
  content: fc.array(fc.oneof(textBlock, image), { minLength: 1, maxLength: 3 }),
})
/** A turn of the assistant and, where it called tools, a text for each result. */
const assistantTurn = fc.record({
  texts: fc.array(textBlock, { minLength: 1, maxLength: 2 }),
  calls: fc.array(
    fc.record({ name: toolName, input, results: fc.array(textBlock, { minLength: 1, maxLength: 2 }) }),
    { maxLength: 3 },
  ),
})

/** A valid Anthropic history: turns alternate, each call has its result. */
export const history = fc
  .record({ first: userTurn, turns: fc.array(fc.tuple(assistantTurn, userTurn), { maxLength: 4 }) })
  .map(({ first, turns }) => {
    const messages: { role: string; content: object[] }[] = [{ role: 'user', content: first.content }]
    for (const [turn, [assistant, user]] of turns.entries()) {
      const ids = assistant.calls.map((_, index) => `toolu_${turn}_${index}`)
      messages.push({
        role: 'assistant',
        content: [
          ...assistant.texts,
          ...assistant.calls.map(({ name, input }, index) => ({
            type: 'tool_use',
            id: ids[index],
            name,
            input,
          })),
        ],
      })
      const results = assistant.calls.map((call, index) => ({
        type: 'tool_result',
        tool_use_id: ids[index],
        content: call.results,
      }))
      messages.push({ role: 'user', content: [...results, ...user.content] })
    }
    return messages
  })

/** Pieces whose lengths are drawn from `sizes`, again and again. */
export function pieces(text: string, sizes: readonly number[]): readonly string[] {
  const list: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = (sizes[turn % sizes.length] ?? 0) + 1
    list.push(text.slice(at, at + size))
    at += size
  }
  return list
}
