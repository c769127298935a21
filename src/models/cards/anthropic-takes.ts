import type { Takes } from '../../wire/translation.ts'

/** What Claude models take, generation by generation. Each differs from its neighbour in what it spreads over it. */
const allEfforts = ['low', 'medium', 'high', 'xhigh', 'max']

/** Advisors must be at least as capable as whom they advise. */
const fable52 = ['claude-fable-5-2', 'claude-mythos-5-2']
const fable51 = ['claude-fable-5-1', 'claude-mythos-5-1']
const fables = [...fable52, ...fable51, 'claude-fable-5', 'claude-mythos-5']
const opusAdvisors = [...fables, 'claude-opus-5-5', 'claude-opus-5']
const sonnetAdvisors = [...opusAdvisors, 'claude-sonnet-5-5']
const haikuAdvisors = [
  ...sonnetAdvisors,
  'claude-opus-4-8',
  'claude-opus-4-7',
  'claude-sonnet-5',
  'claude-haiku-5-5',
]

/** Each computer tool is another loop of the agent, so that none can stand for another. */
const computer2025 = 'computer_20250124'
const computer2025Nov = 'computer_20251124'
const computerToolset = 'computer_toolset_'

/** From 4.7 on, no model takes sampling parameters or continues a last assistant message. */
const from47: Takes = {
  efforts: allEfforts,
  effortDefault: 'high',
  thinkingModes: ['adaptive'],
  thinkingDefault: 'on',
  thinkingDisplay: 'omitted',
  sampling: false,
  forcedTools: false,
  prefill: false,
  systemMessages: true,
  effortInMessages: 'no',
  toolTypesRefused: [computer2025],
  structuredOutput: true,
  fast: false,
  taskBudget: false,
  inferenceGeo: true,
  compaction: true,
  // Where no page lists them, none are sent.
  fallbacks: [],
  advisors: [],
}
const toolsetOnly = { toolTypesRefused: [computer2025, computer2025Nov] }

/** Whether messages may be of role system, or have an effort of their own, is not said yet. */
const { systemMessages: _system, effortInMessages: _effort, ...unsaid } = from47
export const fable52Takes: Takes = { ...unsaid, ...toolsetOnly, fast: true, advisors: fable52 }
export const fable51Takes: Takes = {
  ...from47,
  effortInMessages: 'yes',
  fallbacks: ['claude-opus-4-8', 'claude-opus-5'],
  advisors: fable51,
}
export const fable5Takes: Takes = {
  ...from47,
  forcedTools: true,
  taskBudget: true,
  fallbacks: ['claude-opus-4-8', 'claude-opus-5'],
}
export const opus55Takes: Takes = {
  ...from47,
  ...toolsetOnly,
  effortDefault: 'medium',
  effortInMessages: 'yes',
  fast: true,
  taskBudget: true,
  advisors: opusAdvisors,
}
export const sonnet55Takes: Takes = {
  ...from47,
  ...toolsetOnly,
  thinkingModes: ['adaptive', 'between_tools'],
  effortMaxThinkingOff: 'high',
  effortInMessages: 'thinking',
  fallbacks: ['claude-sonnet-5'],
  advisors: sonnetAdvisors,
}
export const haiku55Takes: Takes = {
  ...from47,
  ...toolsetOnly,
  effortDefault: 'medium',
  thinkingModes: ['adaptive', 'disabled'],
  effortMaxThinkingOff: 'high',
  effortInMessages: 'thinking',
  forcedTools: true,
  advisors: haikuAdvisors,
}
export const opus5Takes: Takes = {
  ...from47,
  thinkingModes: ['adaptive', 'disabled'],
  effortMaxThinkingOff: 'high',
  effortInMessages: 'yes',
  forcedTools: true,
  fast: 'fast-mode-2026-02-01',
  taskBudget: true,
  advisors: opusAdvisors,
}
export const sonnet5Takes: Takes = {
  ...from47,
  thinkingModes: ['adaptive', 'disabled'],
  forcedTools: true,
  systemMessages: false,
}
/** Its fast mode ends on 2026-11-30: none is asked for any more. */
export const opus48Takes: Takes = {
  ...from47,
  thinkingModes: ['adaptive', 'disabled'],
  thinkingDefault: 'off',
  forcedTools: true,
  taskBudget: true,
}
export const opus47Takes: Takes = {
  ...opus48Takes,
  systemMessages: false,
  toolTypesRefused: [computer2025, computerToolset],
}

/** Sampling only while thinking is off, and only one of temperature and top_p. */
export const opus46Takes: Takes = {
  ...opus47Takes,
  efforts: ['low', 'medium', 'high', 'max'],
  thinkingModes: ['adaptive', 'enabled', 'disabled'],
  thinkingDisplay: 'summarized',
  sampling: true,
  taskBudget: false,
}
export const sonnet46Takes: Takes = { ...opus46Takes, interleaved: true }

/** Prefill only while thinking is off; searches that filter by themselves came later. */
const searches = ['web_search_2026', 'web_fetch_2026']
export const opus45Takes: Takes = {
  ...sonnet46Takes,
  efforts: ['low', 'medium', 'high'],
  thinkingModes: ['enabled', 'disabled'],
  prefill: true,
  toolTypesRefused: [computer2025, computerToolset, ...searches],
  inferenceGeo: false,
  compaction: false,
  mediaMax: 100,
}
const { effortDefault: _default, ...withoutEffort } = opus45Takes
export const sonnet45Takes: Takes = {
  ...withoutEffort,
  efforts: [],
  toolTypesRefused: [computer2025Nov, computerToolset, ...searches],
}
export const haiku45Takes: Takes = {
  ...sonnet45Takes,
  interleaved: false,
  toolTypesRefused: [computer2025Nov, computerToolset, ...searches, 'browser_toolset'],
}
