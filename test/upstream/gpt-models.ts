/** What each of OpenAI's models takes, as its pages say; like the Claude models, a witness of its own. */
export interface GptModel {
  readonly efforts: readonly string[]
  /** What an absent effort counts as. */
  readonly effortDefault: string
  /** Functions in Chat Completions: always, only with effort `none`, or never. */
  readonly chatTools: 'yes' | 'without-effort' | 'no'
  readonly outputMax: number
  /** Encrypted reasoning of another model: refused, or left out in silence. */
  readonly foreignReasoning: 'refused' | 'dropped'
}

const some = ['low', 'medium', 'high', 'xhigh', 'max']
const from6 = {
  efforts: some,
  effortDefault: 'medium',
  chatTools: 'no',
  outputMax: 128_000,
  foreignReasoning: 'refused',
} as const satisfies GptModel
const withNone = { ...from6, efforts: ['none', ...some] } as const

const models: Readonly<Record<string, GptModel>> = {
  'gpt-6.2-astra': { ...from6, foreignReasoning: 'dropped' },
  'gpt-6.2-sol': { ...from6, foreignReasoning: 'dropped' },
  'gpt-6.1-terra': withNone,
  'gpt-6.1-sol': from6,
  'gpt-6-astra': from6,
  'gpt-6-sol': { ...withNone, chatTools: 'without-effort' },
  'gpt-6-luna': { ...withNone, chatTools: 'without-effort' },
  'gpt-5.6-sol': { ...withNone, chatTools: 'without-effort' },
  'gpt-5.6-terra': { ...withNone, chatTools: 'without-effort' },
  'gpt-5.6-luna': { ...withNone, chatTools: 'without-effort' },
  'gpt-5.5': { ...withNone, efforts: ['none', 'low', 'medium', 'high', 'xhigh'], chatTools: 'yes' },
  'gpt-5.4-mini': {
    ...withNone,
    efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
    effortDefault: 'none',
    chatTools: 'yes',
  },
}

/** undefined: a name that nothing is known of. */
export function gptModel(id: unknown): GptModel | undefined {
  return typeof id === 'string' ? models[id] : undefined
}

export const gptList = {
  object: 'list',
  data: Object.keys(models).map((id) => ({
    id,
    object: 'model',
    created: 1_790_000_000,
    owned_by: 'openai',
  })),
}
