/**
 * How OpenAI-compatible servers deviate from OpenAI's Chat Completions, as data. What a row says is a default that a
 * server's version or chat template may contradict; then its error tells. Sources: each vendor's own reference, and
 * reports of users where there is none.
 */
export interface Dialect {
  readonly name: string
  /** The field that limits the answer. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /** The role that system text is sent under. */
  readonly systemRole: 'system' | 'developer'
  /** Takes `stream_options: {include_usage: true}`. */
  readonly streamUsage: boolean
  readonly stopSequencesMax: number
  /** Takes system text between other messages; other chat templates fail unless there is one, at the start. */
  readonly systemAnywhere: boolean
  /** Takes a message of the user directly after tool results. */
  readonly userAfterTool: boolean
  /** Takes only ids of nine letters and digits for tool calls. */
  readonly nineCharacterToolIds: boolean
  /** What a last message of role assistant is: refused, continued, or continued where a flag says so. */
  readonly prefill: 'refused' | 'continued' | 'continued-by-flag'
  /** The values of reasoning_effort, weakest first; none where the field is not safe to send. */
  readonly efforts: readonly string[]
  /** The field that names the end user, where one has an effect. */
  readonly endUserField: 'safety_identifier' | 'user' | undefined
  readonly topK: boolean
  /** Takes PDF files as parts of a message. */
  readonly files: boolean
  readonly serviceTier: boolean
  /** Takes stop strings while the model reasons. */
  readonly stopWhileReasoning: boolean
  /** Takes tools of free text, and limits a choice to some of the tools. */
  readonly customTools: boolean
  readonly verbosity: boolean
  /** Takes pairs of the caller's own beside a request. */
  readonly metadata: boolean
  /** Its cache has fields: a key, options, and marks of where a prefix ends. */
  readonly promptCache: boolean
  /** Searches the web itself, as a tool in Responses. */
  readonly webSearch: boolean
  /** Speaks the Responses protocol beside Chat Completions. */
  readonly responses: boolean
}

/** What nothing is known of: only what every compatible server takes. */
const plain = {
  maxTokensField: 'max_tokens',
  systemRole: 'system',
  streamUsage: true,
  stopSequencesMax: 4,
  systemAnywhere: false,
  userAfterTool: true,
  nineCharacterToolIds: false,
  prefill: 'continued',
  efforts: [],
  endUserField: undefined,
  topK: false,
  files: false,
  serviceTier: false,
  stopWhileReasoning: true,
  customTools: false,
  verbosity: false,
  metadata: false,
  promptCache: false,
  webSearch: false,
  responses: false,
} as const satisfies Omit<Dialect, 'name'>

/** Servers of open models: templates decide on roles, samplers are the engine's own, stop strings are not counted. */
const selfHosted = { ...plain, stopSequencesMax: Number.POSITIVE_INFINITY, topK: true } as const

export const dialects = {
  openai: {
    ...plain,
    name: 'openai',
    maxTokensField: 'max_completion_tokens',
    systemRole: 'developer',
    systemAnywhere: true,
    prefill: 'refused',
    efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
    endUserField: 'safety_identifier',
    files: true,
    serviceTier: true,
    stopWhileReasoning: false,
    customTools: true,
    verbosity: true,
    metadata: true,
    promptCache: true,
    webSearch: true,
    responses: true,
  },
  vllm: {
    ...selfHosted,
    name: 'vllm',
    prefill: 'continued-by-flag',
    efforts: ['low', 'medium', 'high'],
  },
  ollama: {
    ...selfHosted,
    name: 'ollama',
    systemAnywhere: true,
    efforts: ['none', 'low', 'medium', 'high'],
    topK: false,
  },
  llamacpp: { ...selfHosted, name: 'llamacpp' },
  lmstudio: { ...selfHosted, name: 'lmstudio' },
  openrouter: {
    ...plain,
    name: 'openrouter',
    systemAnywhere: true,
    efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
    endUserField: 'user',
    topK: true,
    files: true,
  },
  groq: {
    ...plain,
    name: 'groq',
    maxTokensField: 'max_completion_tokens',
    systemAnywhere: true,
    endUserField: 'user',
  },
  deepseek: {
    ...plain,
    name: 'deepseek',
    stopSequencesMax: 16,
    systemAnywhere: true,
    prefill: 'refused',
    // It folds them to low, high and max itself.
    efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  },
  gemini: {
    ...plain,
    name: 'gemini',
    stopSequencesMax: 5,
    efforts: ['none', 'low', 'medium', 'high'],
  },
  mistral: {
    ...plain,
    name: 'mistral',
    streamUsage: false,
    userAfterTool: false,
    nineCharacterToolIds: true,
    prefill: 'refused',
  },
  compatible: { ...plain, name: 'compatible' },
} as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects

/** The dialect that is named; else OpenAI's where the server is OpenAI's, else the least that all have in common. */
export function dialectFor(name: DialectName | undefined, baseUrl: string): Dialect {
  if (name !== undefined) return dialects[name]
  return isOpenAi(baseUrl) ? dialects.openai : dialects.compatible
}

/** Regional hosts stand below the main one. */
function isOpenAi(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return false
  const { hostname } = new URL(baseUrl)
  return hostname === 'api.openai.com' || hostname.endsWith('.api.openai.com')
}
