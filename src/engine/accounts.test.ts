import { describe, expect, it } from 'vitest'
import { workerId } from '../core/worker.ts'
import { Accounts } from './accounts.ts'
import { fakeMember } from './member-harness.ts'
import type { Home } from './sessions.ts'

const member = (account: string, ownKey = true) =>
  fakeMember({ id: workerId(account, 1), pool: account, model: 'claude-opus-5-5', account, ownKey })
const one = member('one')
const two = member('two')
const named = { organization: 'org-1', workspace: 'w-1' }
const unnamed = { organization: undefined, workspace: undefined }

function home(changes: Partial<Home> = {}): Home {
  return {
    model: 'claude-opus-5-5',
    account: 'one',
    ...named,
    promptTokens: 1,
    cachedTokens: 1,
    warmUntilMs: 1,
    longCache: false,
    ...changes,
  }
}

describe('accounts', () => {
  it('share everything with themselves, and nothing with one that is not known', () => {
    const accounts = new Accounts(({ account }) => account)
    expect(accounts.shared(home(), one)).toEqual({ sameOrganization: true, sameWorkspace: true })
    expect(accounts.shared(home(), two)).toEqual({ sameOrganization: false, sameWorkspace: false })
  })

  it('share what the replies named alike', () => {
    const accounts = new Accounts(({ account }) => account)
    accounts.learn(two, { organization: 'org-1', workspace: 'w-2' })
    expect(accounts.shared(home(), two)).toEqual({ sameOrganization: true, sameWorkspace: false })
    accounts.learn(two, named)
    expect(accounts.shared(home(), two)).toEqual({ sameOrganization: true, sameWorkspace: true })
    expect(accounts.shared(home(unnamed), two)).toEqual({ sameOrganization: false, sameWorkspace: false })
    expect(accounts.known).toBe(1)
  })

  it('keep their names when a reply tells none', () => {
    const accounts = new Accounts(({ account }) => account)
    expect(accounts.namesOf(one, unnamed, undefined)).toEqual(unnamed)
    expect(accounts.namesOf(one, unnamed, home())).toEqual(named)
    expect(accounts.namesOf(two, unnamed, home())).toEqual(unnamed)
    accounts.learn(two, named)
    expect(accounts.namesOf(two, unnamed, home())).toEqual(named)
  })

  it('are not known by name where each caller brings a key: the next one’s may be another account', () => {
    const accounts = new Accounts(({ account }) => account)
    accounts.learn(member('two', false), named)
    expect(accounts.known).toBe(0)
    expect(accounts.shared(home(), two)).toEqual({ sameOrganization: false, sameWorkspace: false })
  })

  it('are all alike where workers have none', () => {
    const accounts = new Accounts(() => undefined)
    expect(accounts.shared(home({ account: undefined }), two)).toEqual({
      sameOrganization: true,
      sameWorkspace: true,
    })
  })
})
