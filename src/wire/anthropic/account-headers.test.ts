import { describe, expect, it } from 'vitest'
import { accountNames } from './account-headers.ts'

describe('the names of the account that answered', () => {
  it('are read from the reply’s headers', () => {
    const headers = { 'anthropic-organization-id': 'org-1', 'anthropic-workspace-id': 'w-1', date: 'today' }
    expect(accountNames(headers)).toEqual({ organization: 'org-1', workspace: 'w-1' })
  })

  it('are unknown where there are none, or nothing that could be one', () => {
    expect(accountNames({})).toEqual({ organization: undefined, workspace: undefined })
    const headers = { 'anthropic-organization-id': '', 'anthropic-workspace-id': 'x'.repeat(129) }
    expect(accountNames(headers)).toEqual({ organization: undefined, workspace: undefined })
  })
})
