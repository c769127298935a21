import type { Json, Sample } from './mapping.ts'

/** What a Chat Completions request may say, one thing at a time. */

const hi: Json = { role: 'user', content: 'Hi' }
const text: Json = { type: 'text', text: 'Hi' }
const look: Json = { type: 'text', text: 'Look:' }
const saying = (...content: readonly Json[]): Json => ({ messages: [{ role: 'user', content }] })
const withPart = (what: string, part: Json): Sample => ({
  what,
  sent: saying(text, look, part),
  beside: saying(text, look),
})
const schema: Json = { type: 'object', properties: {} }
const functionOf = (name: string, more: Json = {}): Json => ({
  type: 'function',
  function: { name, parameters: schema, ...more },
})
const tools: Json = { tools: [functionOf('read')] }
const withTool = (what: string, tool: Json): Sample => ({
  what,
  sent: { tools: [functionOf('read'), tool] },
  beside: tools,
})
const choosing = (what: string, choice: unknown): Sample => ({
  what,
  sent: { tool_choice: choice },
  beside: tools,
})
const callOf = (text: string): Json => ({
  id: 'call_1',
  type: 'function',
  function: { name: 'read', arguments: text },
})
const result: Json = { role: 'tool', tool_call_id: 'call_1', content: 'seen' }
const turn = (call: Json, ...after: readonly Json[]): Json => ({
  messages: [hi, { role: 'assistant', content: null, tool_calls: [call] }, ...after],
})
const answered = (assistant: Json): Json => ({ messages: [hi, { role: 'assistant', ...assistant }, hi] })
const withAnswer = (what: string, fields: Json): Sample => ({
  what,
  sent: answered({ content: 'Yes.', ...fields }),
  beside: answered({ content: 'Yes.' }),
})

export const chatBase: Json = { model: 'auto', messages: [hi] }

export const chatSamples: readonly Sample[] = [
  { what: 'system prompt', sent: { messages: [{ role: 'developer', content: 'Be brief.' }, hi] } },
  {
    what: 'system text between messages',
    sent: {
      messages: [hi, { role: 'assistant', content: 'Yes?' }, hi, { role: 'system', content: 'Be brief.' }],
    },
    beside: { messages: [hi, { role: 'assistant', content: 'Yes?' }, hi] },
  },
  { what: 'system text alone', sent: { messages: [{ role: 'system', content: 'Be brief.' }] } },
  { what: 'name of who speaks', sent: { messages: [{ ...hi, name: 'ann' }] } },
  {
    what: 'cached prefix',
    sent: saying({ ...text, prompt_cache_breakpoint: { mode: 'explicit' } }),
    beside: saying(text),
  },
  withPart('picture, data', { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } }),
  withPart('picture, URL', { type: 'image_url', image_url: { url: 'https://x.test/a.png' } }),
  withPart('picture, in detail', {
    type: 'image_url',
    image_url: { url: 'https://x.test/a.png', detail: 'high' },
  }),
  withPart('picture of another kind', {
    type: 'image_url',
    image_url: { url: 'data:image/tiff;base64,SUkq' },
  }),
  withPart('PDF', {
    type: 'file',
    file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' },
  }),
  withPart('file, uploaded', { type: 'file', file: { file_id: 'file-1' } }),
  withPart('sound', { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }),
  withAnswer('refusal', { refusal: 'I will not.' }),
  withAnswer('reasoning', { reasoning_content: 'Hm.' }),
  withAnswer('sound that it said', { audio: { id: 'audio_1' } }),
  { what: 'call and its result', sent: turn(callOf('{"path":"a.ts"}'), result), beside: tools },
  { what: 'call with arguments that are no JSON', sent: turn(callOf('{"path'), result), beside: tools },
  {
    what: 'result in parts',
    sent: turn(callOf('{}'), {
      ...result,
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    }),
    beside: { ...tools, ...turn(callOf('{}'), result) },
  },
  {
    what: 'text of the person after a result',
    sent: turn(callOf('{}'), result, hi),
    beside: { ...tools, ...turn(callOf('{}'), result) },
  },
  { what: 'call without a result', sent: turn(callOf('{}'), hi), beside: tools },
  { what: 'result without a call', sent: { messages: [hi, result] }, beside: tools },
  {
    what: 'call of a custom tool',
    sent: turn({ id: 'call_1', type: 'custom', custom: { name: 'patch', input: '***' } }, result),
    beside: { tools: [{ type: 'custom', custom: { name: 'patch' } }] },
  },
  {
    what: 'function of the first kind',
    sent: { messages: [hi, { role: 'function', name: 'f', content: 'seen' }] },
  },
  { what: 'answer begun by the client', sent: { messages: [hi, { role: 'assistant', content: 'The' }] } },
  { what: 'length of the answer', sent: { max_completion_tokens: 2_000 } },
  { what: 'length, by its old name', sent: { max_tokens: 2_000 } },
  { what: 'length, one token', sent: { max_completion_tokens: 1 } },
  { what: 'stop sequence', sent: { stop: 'END' } },
  { what: 'stop sequences', sent: { stop: ['END', 'FIN'] } },
  { what: 'stop at a line’s end', sent: { stop: '\n' } },
  { what: 'temperature', sent: { temperature: 1.5 } },
  { what: 'temperature, effort none', sent: { temperature: 1.5 }, beside: { reasoning_effort: 'none' } },
  { what: 'top_p', sent: { top_p: 0.9 } },
  { what: 'temperature and top_p', sent: { temperature: 0.5, top_p: 0.9 } },
  { what: 'seed', sent: { seed: 1 } },
  { what: 'penalties', sent: { presence_penalty: 1, frequency_penalty: 1 } },
  { what: 'bias of tokens', sent: { logit_bias: { '50256': -100 } } },
  { what: 'several answers', sent: { n: 2 } },
  { what: 'probabilities', sent: { logprobs: true } },
  { what: 'probabilities, the best', sent: { top_logprobs: 3 } },
  { what: 'sound wanted', sent: { modalities: ['text', 'audio'] } },
  { what: 'prediction', sent: { prediction: { type: 'content', content: 'x' } } },
  { what: 'effort', sent: { reasoning_effort: 'high' } },
  { what: 'effort, none', sent: { reasoning_effort: 'none' } },
  { what: 'effort, the least', sent: { reasoning_effort: 'minimal' } },
  { what: 'verbosity', sent: { verbosity: 'low' } },
  { what: 'format JSON', sent: { response_format: { type: 'json_object' } } },
  {
    what: 'schema of the answer',
    sent: { response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } } },
  },
  { what: 'tool', sent: { tools: [functionOf('read', { description: 'Reads.' })] } },
  withTool('tool without parameters', { type: 'function', function: { name: 'now' } }),
  withTool('tool, strict', functionOf('write', { strict: true })),
  withTool('custom tool', { type: 'custom', custom: { name: 'patch', description: 'Patches.' } }),
  withTool('custom tool with a grammar', {
    type: 'custom',
    custom: {
      name: 'patch',
      format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } },
    },
  }),
  choosing('tool choice auto', 'auto'),
  choosing('tool choice required', 'required'),
  choosing('tool choice by name', { type: 'function', function: { name: 'read' } }),
  choosing('tool choice none', 'none'),
  choosing('tool choice among some', {
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'read' } }] },
  }),
  { what: 'one call at a time', sent: { parallel_tool_calls: false }, beside: tools },
  { what: 'functions of the first kind', sent: { functions: [{ name: 'f' }] } },
  { what: 'search of the web', sent: { web_search_options: {} } },
  { what: 'end user', sent: { safety_identifier: 'u1' } },
  { what: 'end user, by its old name', sent: { user: 'u1' } },
  {
    what: 'cache key',
    sent: { prompt_cache_key: 'k1' },
    needless: { anthropic: 'a cached prefix needs no name' },
  },
  { what: 'cache options', sent: { prompt_cache_options: { mode: 'explicit' } } },
  { what: 'cache for a day', sent: { prompt_cache_retention: '24h' } },
  { what: 'labels', sent: { metadata: { team: 'a' } } },
  { what: 'tier', sent: { service_tier: 'auto' } },
  { what: 'tier, standard', sent: { service_tier: 'default' } },
  { what: 'tier, cheaper', sent: { service_tier: 'flex' } },
  { what: 'tier, faster', sent: { service_tier: 'fast' } },
  { what: 'to be kept', sent: { store: true } },
  { what: 'stream', sent: { stream: true } },
  { what: 'stream with usage', sent: { stream_options: { include_usage: true } }, beside: { stream: true } },
  { what: 'moderation', sent: { moderation: { input: 'block' } } },
  { what: 'a field that nobody knows', sent: { new_field: 1 } },
]
