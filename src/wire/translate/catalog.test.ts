import { describe, expect, it } from 'vitest'
import { wires } from '../../core/wire.ts'
import { translation } from './catalog.ts'

describe('the catalog of translations', () => {
  it('has one for each pair of protocols, and none where both are the same', () => {
    for (const from of wires) {
      for (const to of wires) {
        const found = translation(from, to)
        if (from === to) expect(found).toBeUndefined()
        else expect(found).toMatchObject({ from, to })
      }
    }
  })
})
