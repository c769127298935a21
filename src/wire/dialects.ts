/** How OpenAI-compatible servers deviate, as data. */
export interface Dialect {
  readonly name: string
  /** The field that limits the answer. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /** The role that system text is sent under. */
  readonly systemRole: 'system' | 'developer'
  /** Takes `stream_options: {include_usage: true}`. */
  readonly streamUsage: boolean
  readonly stopSequencesMax: number
}
