import type { AccountNames } from '../wire/anthropic/account-headers.ts'
import type { Member } from '../workers/member.ts'
import type { Home } from './sessions.ts'

/** What is known of the accounts behind the workers' keys: which organisation and workspace the replies name. */
export class Accounts {
  /** What a worker's key belongs to, whatever the model: a hash; undefined for workers without an account. */
  readonly of: (member: Member) => string | undefined
  /** Of our own keys: no more than the configuration has. A caller's own key may be another one each time. */
  readonly #names = new Map<string, AccountNames>()

  constructor(of: (member: Member) => string | undefined) {
    this.of = of
  }

  /** How many accounts are known by name. */
  get known(): number {
    return this.#names.size
  }

  learn(member: Member, told: AccountNames): void {
    const account = this.of(member)
    if (account !== undefined && member.ownKey && told.organization !== undefined)
      this.#names.set(account, told)
  }

  /** A reply without names, as a translated one is, tells no news of an account that is known. */
  namesOf(member: Member, told: AccountNames, before: Home | undefined): AccountNames {
    if (told.organization !== undefined) return told
    const account = this.of(member)
    const known = account === undefined ? undefined : this.#names.get(account)
    const { organization, workspace } = known ?? (before?.account === account ? before : undefined) ?? told
    return { organization, workspace }
  }

  /** What of the home's account the worker shares, as far as is known. */
  shared({ account, organization, workspace }: Home, member: Member): Shared {
    const other = this.of(member)
    if (other === account) return everything
    const names = other === undefined ? undefined : this.#names.get(other)
    return {
      sameOrganization: organization !== undefined && organization === names?.organization,
      sameWorkspace: workspace !== undefined && workspace === names?.workspace,
    }
  }
}

export interface Shared {
  readonly sameOrganization: boolean
  readonly sameWorkspace: boolean
}

const everything: Shared = { sameOrganization: true, sameWorkspace: true }
