import { describe, expect, it } from 'vitest'
import { dialects } from '../wire/dialects.ts'
import { createCards } from './catalog.ts'
import { targetOf } from './target.ts'

describe('the target of a translation', () => {
  it('has the card’s limits and what the model takes', () => {
    const card = createCards().find('claude-haiku-4-5')
    expect(targetOf('claude-haiku-4-5', card, dialects.compatible)).toEqual({
      model: 'claude-haiku-4-5',
      outputTokensMax: 64_000,
      dialect: dialects.compatible,
      takes: card?.takes,
    })
  })

  it('knows nothing but the name and the dialect of a model without a card', () => {
    expect(targetOf('mine', undefined, dialects.vllm)).toEqual({
      model: 'mine',
      outputTokensMax: undefined,
      dialect: dialects.vllm,
    })
  })
})
