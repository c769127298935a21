/**
 * What each Claude model takes, as Anthropic's pages say. Written down a second time on purpose: the stub is a witness
 * of its own and knows nothing of the cards in src/models.
 */
export interface ClaudeModel {
  /** Types of `thinking` that it takes. */
  readonly thinking: readonly string[]
  /** Whether it thinks when the field is absent. */
  readonly thinks: boolean
  readonly display: 'omitted' | 'summarized'
  readonly efforts: readonly string[]
  /** While thinking is off, only low, medium and high. */
  readonly effortBoundWhenOff: boolean
  /** An effort on a single message: never, always, or while it thinks. */
  readonly messageEffort: 'no' | 'yes' | 'thinking'
  /** temperature, top_p, top_k while thinking is off; the others take them at their defaults at most. */
  readonly sampling: boolean
  /** A last message of the assistant while thinking is off. */
  readonly prefill: boolean
  readonly forcedTools: boolean
  readonly systemMessages: boolean
  readonly computerTools: readonly string[]
  readonly outputMax: number
  readonly inputMax: number
  /** Whose thinking it reads beside its own. */
  readonly reads: readonly string[]
  /** Refuses a thinking block whose prefix was changed, on accounts of today. */
  readonly bindsPrefix: boolean
}

const three = ['low', 'medium', 'high']
const five = [...three, 'xhigh', 'max']
const old = ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5']
const upTo46 = [...old, 'claude-opus-4-6', 'claude-sonnet-4-6']
const upTo48 = [...upTo46, 'claude-opus-4-7', 'claude-opus-4-8']
const upTo5 = [...upTo48, 'claude-sonnet-5', 'claude-opus-5']
const toolset = 'computer_toolset_20260801'

const from47 = {
  thinking: ['adaptive'],
  thinks: true,
  display: 'omitted',
  efforts: five,
  effortBoundWhenOff: false,
  messageEffort: 'no',
  sampling: false,
  prefill: false,
  forcedTools: true,
  systemMessages: true,
  computerTools: ['computer_20251124', toolset],
  outputMax: 128_000,
  inputMax: 1_000_000,
  reads: [],
  bindsPrefix: false,
} as const satisfies ClaudeModel
const from55 = { ...from47, computerTools: [toolset], messageEffort: 'yes', bindsPrefix: true } as const
const before47 = {
  ...from47,
  thinks: false,
  display: 'summarized',
  sampling: true,
  systemMessages: false,
  computerTools: ['computer_20251124'],
} as const
const before46 = {
  ...before47,
  thinking: ['enabled', 'disabled'],
  efforts: [],
  prefill: true,
  computerTools: ['computer_20250124'],
  outputMax: 64_000,
  inputMax: 200_000,
} as const

const models: Readonly<Record<string, ClaudeModel>> = {
  'claude-fable-5-2': { ...from55, forcedTools: false, reads: ['claude-mythos-5-2'] },
  'claude-fable-5-1': {
    ...from55,
    computerTools: from47.computerTools,
    forcedTools: false,
    reads: ['claude-mythos-5-1', 'claude-fable-5', ...upTo5, 'claude-opus-5-5'],
  },
  'claude-fable-5': { ...from47, reads: upTo5 },
  'claude-opus-5-5': {
    ...from55,
    forcedTools: false,
    reads: [...upTo5, 'claude-sonnet-5-5', 'claude-haiku-5-5'],
  },
  'claude-opus-5': {
    ...from47,
    thinking: ['adaptive', 'disabled'],
    effortBoundWhenOff: true,
    messageEffort: 'yes',
  },
  'claude-opus-4-8': { ...from47, thinking: ['adaptive', 'disabled'], thinks: false },
  'claude-opus-4-7': {
    ...from47,
    thinking: ['adaptive', 'disabled'],
    thinks: false,
    systemMessages: false,
    computerTools: ['computer_20251124'],
  },
  'claude-opus-4-6': {
    ...before47,
    thinking: ['adaptive', 'enabled', 'disabled'],
    efforts: [...three, 'max'],
  },
  'claude-sonnet-4-6': {
    ...before47,
    thinking: ['adaptive', 'enabled', 'disabled'],
    efforts: [...three, 'max'],
  },
  'claude-opus-4-5': { ...before46, efforts: three, computerTools: ['computer_20251124'] },
  'claude-sonnet-5-5': {
    ...from55,
    thinking: ['adaptive', 'between_tools'],
    effortBoundWhenOff: true,
    messageEffort: 'thinking',
    forcedTools: false,
    reads: ['claude-sonnet-5', 'claude-opus-4-8', ...old, 'claude-haiku-5-5'],
  },
  'claude-sonnet-5': { ...from47, thinking: ['adaptive', 'disabled'], systemMessages: false },
  'claude-sonnet-4-5': before46,
  'claude-haiku-5-5': {
    ...from55,
    thinking: ['adaptive', 'disabled'],
    effortBoundWhenOff: true,
    messageEffort: 'thinking',
  },
  'claude-haiku-4-5': before46,
}

/** As the Models API answers. */
export const claudeList = {
  data: Object.entries(models).map(([id, { inputMax, outputMax }]) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    max_input_tokens: inputMax,
    max_tokens: outputMax,
  })),
  has_more: false,
  first_id: Object.keys(models)[0],
  last_id: Object.keys(models).at(-1),
}

/** undefined: a name that nothing is known of. */
export function claudeModel(id: string): ClaudeModel | undefined {
  return models[undated(id)]
}

export function undated(id: string): string {
  return id.replace(/-20\d{6}$/, '')
}
