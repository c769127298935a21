import type { Request } from './adapt-harness.ts'

/**
 * A Messages API as strict as the real one: which request which model takes, written down from the vendor's pages a
 * second time, apart from the cards. A complaint is what the API would answer 400 for.
 */
interface Row {
  readonly adaptive: boolean
  readonly enabled: boolean
  /** How thinking is turned off, and the efforts that may then be asked for. */
  readonly off:
    | { readonly type: 'disabled' | 'between_tools'; readonly efforts: 'all' | 'to-high' }
    | undefined
  readonly thinks: boolean
  readonly efforts: readonly string[]
  readonly effortInMessages: 'yes' | 'thinking' | 'no'
  readonly old: boolean
  readonly prefill: boolean
  readonly forced: boolean
  readonly system: boolean
  readonly computer: 'toolset' | 'both' | '20251124' | '20250124'
  readonly outputMax: number
  readonly fast: 'yes' | 'header' | 'no'
  readonly taskBudget: boolean
  readonly region: boolean
  readonly compaction: boolean
  readonly fallbacks: readonly string[]
}

const all = ['low', 'medium', 'high', 'xhigh', 'max']
const fable: Row = {
  adaptive: true,
  enabled: false,
  off: undefined,
  thinks: true,
  efforts: all,
  effortInMessages: 'no',
  old: false,
  prefill: false,
  forced: false,
  system: true,
  computer: 'both',
  outputMax: 128_000,
  fast: 'no',
  taskBudget: false,
  region: true,
  compaction: true,
  fallbacks: [],
}
const to51 = ['claude-opus-4-8', 'claude-opus-5']
/** Of its messages nothing is said yet. */
const fable52: Row = { ...fable, effortInMessages: 'yes', computer: 'toolset', fast: 'yes' }
const fable51: Row = { ...fable, effortInMessages: 'yes', fallbacks: to51 }
const fable5: Row = { ...fable, forced: true, taskBudget: true, fallbacks: to51 }
const disabled = { type: 'disabled', efforts: 'all' } as const
const disabledToHigh = { type: 'disabled', efforts: 'to-high' } as const
const sonnet5: Row = { ...fable, off: disabled, forced: true, system: false }
const opus48: Row = { ...sonnet5, thinks: false, system: true, taskBudget: true }
const of46: Row = {
  ...opus48,
  enabled: true,
  efforts: ['low', 'medium', 'high', 'max'],
  system: false,
  old: true,
  computer: '20251124',
  taskBudget: false,
}
const opus45: Row = {
  ...of46,
  adaptive: false,
  efforts: ['low', 'medium', 'high'],
  prefill: true,
  outputMax: 64_000,
  region: false,
  compaction: false,
}
const of45: Row = { ...opus45, efforts: [], computer: '20250124' }

export const rows: Readonly<Record<string, Row>> = {
  'claude-fable-5-2': fable52,
  'claude-mythos-5-2': fable52,
  'claude-fable-5-1': fable51,
  'claude-mythos-5-1': fable51,
  'claude-fable-5': fable5,
  'claude-mythos-5': fable5,
  'claude-opus-5-5': {
    ...fable,
    effortInMessages: 'yes',
    computer: 'toolset',
    fast: 'yes',
    taskBudget: true,
  },
  'claude-sonnet-5-5': {
    ...fable,
    off: { type: 'between_tools', efforts: 'to-high' },
    effortInMessages: 'thinking',
    computer: 'toolset',
    fallbacks: ['claude-sonnet-5'],
  },
  'claude-haiku-5-5': {
    ...fable,
    off: disabledToHigh,
    effortInMessages: 'thinking',
    forced: true,
    computer: 'toolset',
  },
  'claude-opus-5': {
    ...fable,
    off: disabledToHigh,
    effortInMessages: 'yes',
    forced: true,
    fast: 'header',
    taskBudget: true,
  },
  'claude-sonnet-5': sonnet5,
  'claude-opus-4-8': opus48,
  'claude-opus-4-7': { ...opus48, system: false, computer: '20251124' },
  'claude-opus-4-6': of46,
  'claude-sonnet-4-6': of46,
  'claude-opus-4-5': opus45,
  'claude-sonnet-4-5': of45,
  'claude-haiku-4-5': of45,
}

export interface Headers {
  readonly version: string
  readonly betas: readonly string[]
}

/** @returns why the model would answer 400, or undefined. */
export function complaint(model: string, request: Request, headers: Headers): string | undefined {
  const row = rows[model]
  if (!row) throw new Error(`no row of ${model}`)
  const object = (name: string): Request => (request[name] ?? {}) as Request
  const thinking = object('thinking')
  const type = thinking['type']
  const off = type === undefined ? !row.thinks : type === 'disabled' || type === 'between_tools'
  const effort = object('output_config')['effort']
  const temperature = request['temperature']
  const topP = request['top_p']
  const topK = request['top_k']
  const budget = Number(thinking['budget_tokens'])
  const choice = object('tool_choice')['type']
  const messages = request['messages'] as readonly Request[]
  const tools = (request['tools'] ?? []) as readonly Request[]
  const edits = (object('context_management')['edits'] ?? []) as readonly Request[]
  const perMessage = messages.some((each) => each['output_config'] !== undefined)
  const fallbacks = request['fallbacks'] ?? []

  const faults: readonly (readonly [boolean, string])[] = [
    [type === 'adaptive' && !row.adaptive, 'adaptive'],
    [type === 'enabled' && !row.enabled, 'enabled'],
    [(type === 'disabled' || type === 'between_tools') && row.off?.type !== type, 'off'],
    [off && type !== undefined && Object.keys(thinking).length > 1, 'beside off'],
    [type === 'enabled' && !(budget >= 1_024 && budget < Number(request['max_tokens'])), 'budget'],
    [effort !== undefined && !row.efforts.some((value) => value === effort), 'effort'],
    [off && row.off?.efforts === 'to-high' && (effort === 'xhigh' || effort === 'max'), 'effort while off'],
    [perMessage && row.effortInMessages === 'no', 'effort of messages'],
    [perMessage && row.effortInMessages === 'thinking' && off, 'effort of messages while off'],
    [
      headers.version === '2026-10-21' && [temperature, topP, topK].some((each) => each !== undefined),
      'version',
    ],
    [!row.old && temperature !== undefined && temperature !== 1, 'temperature'],
    [!row.old && topP !== undefined && topP !== 0.99, 'top_p'],
    [temperature !== undefined && topP !== undefined, 'both'],
    [!row.old && topK !== undefined, 'top_k'],
    [row.old && !off && (temperature !== undefined || topK !== undefined), 'sampling while thinking'],
    [row.old && !off && topP !== undefined && Number(topP) < 0.95, 'top_p while thinking'],
    [messages.at(-1)?.['role'] === 'assistant' && !(row.prefill && off), 'prefill'],
    [(choice === 'any' || choice === 'tool') && (!row.forced || type === 'enabled'), 'forced tool'],
    [messages.some((each) => each['role'] === 'system') && !row.system, 'system'],
    [tools.some((tool) => !takesTool(row.computer, String(tool['type']))), 'tool'],
    [
      tools.some((tool) => String(tool['type']).startsWith('browser_')) && model === 'claude-haiku-4-5',
      'browser',
    ],
    [Number(request['max_tokens']) > row.outputMax, 'max_tokens'],
    [request['speed'] === 'fast' && row.fast === 'no', 'fast'],
    [
      request['speed'] === 'fast' && row.fast === 'header' && !headers.betas.includes('fast-mode-2026-02-01'),
      'fast header',
    ],
    [object('output_config')['task_budget'] !== undefined && !row.taskBudget, 'task budget'],
    [request['inference_geo'] !== undefined && !row.region, 'region'],
    [edits.some((edit) => edit['type'] === 'compact_20260112') && !row.compaction, 'compaction'],
    [
      Array.isArray(fallbacks) &&
        fallbacks.some((each: Request) => !row.fallbacks.includes(String(each['model']))),
      'fallbacks',
    ],
  ]
  return faults.find(([isThere]) => isThere)?.[1]
}

function takesTool(computer: Row['computer'], type: string): boolean {
  if (type === 'computer_toolset_20260801') return computer === 'toolset' || computer === 'both'
  if (type === 'computer_20251124') return computer === 'both' || computer === '20251124'
  return type !== 'computer_20250124' || computer === '20250124'
}
