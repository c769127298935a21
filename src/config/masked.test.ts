import { describe, expect, it } from 'vitest'
import { masked } from './masked.ts'

describe('masked', () => {
  it('shows no secret at any depth, and everything else as it is', () => {
    const config = {
      pools: {
        a: {
          workers: [
            { kind: 'anthropic', apiKey: 'sk-secret', model: 'm', baseUrl: 'https://u:pw@h.example/x' },
          ],
        },
      },
      auth: { keys: [{ name: 'ci', key: 'sk-other' }], adminToken: 'tok' },
    }
    const shown = JSON.stringify(masked(config))
    expect(shown).not.toMatch(/sk-secret|sk-other|tok"|pw/)
    expect(masked(config)).toMatchObject({ pools: { a: { workers: [{ kind: 'anthropic', model: 'm' }] } } })
  })
})
