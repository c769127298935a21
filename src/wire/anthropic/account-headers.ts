/** Whose account answered, as Anthropic's replies tell it. */
export interface AccountNames {
  readonly organization: string | undefined
  readonly workspace: string | undefined
}

/** Longer ones are no ids of Anthropic's, and are kept for an hour. */
const NAME_CHARS_MAX = 128

export function accountNames(headers: Readonly<Record<string, string>>): AccountNames {
  return {
    organization: nameIn(headers['anthropic-organization-id']),
    workspace: nameIn(headers['anthropic-workspace-id']),
  }
}

function nameIn(value: string | undefined): string | undefined {
  return value !== undefined && value !== '' && value.length <= NAME_CHARS_MAX ? value : undefined
}
