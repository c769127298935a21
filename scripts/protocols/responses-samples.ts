import type { Json, Sample } from './mapping.ts'

/** What a Responses request may say, one thing at a time. */

const hi: Json = { type: 'message', role: 'user', content: 'Hi' }
const part: Json = { type: 'input_text', text: 'Hi' }
const look: Json = { type: 'input_text', text: 'Look:' }
const saying = (...content: readonly Json[]): Json => ({ input: [{ ...hi, content }] })
const withPart = (what: string, extra: Json): Sample => ({
  what,
  sent: saying(part, look, extra),
  beside: saying(part, look),
})
const items = (...between: readonly Json[]): Json => ({ input: [hi, ...between, hi] })
const yes: Json = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] }
const withItem = (what: string, item: Json): Sample => ({ what, sent: items(item, yes), beside: items(yes) })
const schema: Json = { type: 'object', properties: {} }
const read: Json = { type: 'function', name: 'read', parameters: schema, strict: false }
const tools: Json = { tools: [read] }
const withTool = (what: string, tool: Json): Sample => ({
  what,
  sent: { tools: [read, tool] },
  beside: tools,
})
const choosing = (what: string, choice: unknown): Sample => ({
  what,
  sent: { tool_choice: choice },
  beside: tools,
})
const call: Json = { type: 'function_call', call_id: 'call_1', name: 'read', arguments: '{"path":"a.ts"}' }
const output: Json = { type: 'function_call_output', call_id: 'call_1', output: 'seen' }
const patch: Json = { type: 'custom', name: 'patch' }
const patched: readonly Json[] = [
  { type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: '***' },
  { type: 'custom_tool_call_output', call_id: 'call_1', output: 'done' },
]

export const responsesBase: Json = { model: 'auto', input: [hi] }

export const responsesSamples: readonly Sample[] = [
  { what: 'input as text', sent: { input: 'Hello' } },
  { what: 'instructions', sent: { instructions: 'Be brief.' } },
  {
    what: 'system prompt',
    sent: { input: [{ type: 'message', role: 'developer', content: 'Be brief.' }, hi] },
  },
  {
    what: 'instructions beside a system prompt',
    sent: { instructions: 'Be brief.' },
    beside: { input: [{ type: 'message', role: 'developer', content: 'Be kind.' }, hi] },
  },
  {
    what: 'system text between messages',
    sent: { input: [hi, yes, hi, { type: 'message', role: 'developer', content: 'Be brief.' }] },
    beside: items(yes),
  },
  {
    what: 'cached prefix',
    sent: saying({ ...part, prompt_cache_breakpoint: { mode: 'explicit' } }),
    beside: saying(part),
  },
  withPart('picture, data', {
    type: 'input_image',
    image_url: 'data:image/png;base64,iVBORw==',
    detail: 'auto',
  }),
  withPart('picture, URL', { type: 'input_image', image_url: 'https://x.test/a.png', detail: 'high' }),
  withPart('picture, uploaded', { type: 'input_image', file_id: 'file-1' }),
  withPart('PDF, data', {
    type: 'input_file',
    file_data: 'data:application/pdf;base64,JVBERi0=',
    filename: 'a.pdf',
  }),
  withPart('PDF, URL', { type: 'input_file', file_url: 'https://x.test/a.pdf' }),
  withPart('file, uploaded', { type: 'input_file', file_id: 'file-1' }),
  withPart('sound', { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }),
  { what: 'phase of an answer', sent: items({ ...yes, phase: 'final_answer' }), beside: items(yes) },
  {
    what: 'refusal',
    sent: items({ ...yes, content: [{ type: 'refusal', refusal: 'I will not.' }] }),
    beside: items(yes),
  },
  withItem('reasoning, OpenAI’s', { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'c2ln' }),
  { what: 'call and its result', sent: { input: [hi, call, output] }, beside: tools },
  {
    what: 'call with arguments that are no JSON',
    sent: { input: [hi, { ...call, arguments: '{"path' }, output] },
    beside: tools,
  },
  {
    what: 'result with a picture',
    sent: {
      input: [
        hi,
        call,
        {
          ...output,
          output: [
            { type: 'input_text', text: 'seen' },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw==' },
          ],
        },
      ],
    },
    beside: { ...tools, input: [hi, call, output] },
  },
  { what: 'call without a result', sent: items(call), beside: tools },
  { what: 'result without a call', sent: items(output), beside: tools },
  { what: 'call of a custom tool', sent: { input: [hi, ...patched] }, beside: { tools: [patch] } },
  withItem('reference to an item', { type: 'item_reference', id: 'msg_1' }),
  withItem('summary of what was left out', { type: 'compaction', encrypted_content: 'c2ln' }),
  withItem('change of configuration', { type: 'configuration_update', reasoning: { effort: 'low' } }),
  withItem('tools that were added', { type: 'additional_tools', tools: [read] }),
  withItem('search made by the vendor', {
    type: 'web_search_call',
    id: 'ws_1',
    status: 'completed',
    action: { type: 'search', query: 'x' },
  }),
  withItem('pictures made by the vendor', { type: 'image_generation_call', id: 'ig_1', result: 'iVBORw==' }),
  { what: 'answer begun by the client', sent: { input: [hi, yes] } },
  { what: 'tool', sent: { tools: [{ ...read, description: 'Reads.' }] } },
  withTool('tool without parameters', { type: 'function', name: 'now', strict: false }),
  withTool('tool, strict', { type: 'function', name: 'write', parameters: schema, strict: true }),
  withTool('custom tool', { ...patch, description: 'Patches.' }),
  withTool('custom tool with a grammar', {
    ...patch,
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
  }),
  withTool('search of the web', { type: 'web_search', filters: { allowed_domains: ['x.test'] } }),
  withTool('search of files', { type: 'file_search', vector_store_ids: ['vs_1'] }),
  withTool('servers of tools', { type: 'mcp', server_label: 'x', server_url: 'https://x.test' }),
  withTool('shell', { type: 'shell' }),
  withTool('tool that is found by search', {
    type: 'function',
    name: 'write',
    parameters: schema,
    strict: false,
    defer_loading: true,
  }),
  choosing('tool choice auto', 'auto'),
  choosing('tool choice required', 'required'),
  choosing('tool choice by name', { type: 'function', name: 'read' }),
  choosing('tool choice none', 'none'),
  {
    what: 'tool choice among some',
    sent: {
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'read' }] },
    },
    beside: { tools: [read, { ...read, name: 'write' }] },
  },
  { what: 'one call at a time', sent: { parallel_tool_calls: false }, beside: tools },
  { what: 'calls of the vendor’s tools at most', sent: { max_tool_calls: 3 }, beside: tools },
  { what: 'length of the answer', sent: { max_output_tokens: 2_000 } },
  { what: 'temperature', sent: { temperature: 1.5 } },
  { what: 'top_p', sent: { top_p: 0.9 } },
  { what: 'probabilities', sent: { top_logprobs: 3 } },
  { what: 'probabilities beside the text', sent: { include: ['message.output_text.logprobs'] } },
  {
    what: 'sealed reasoning',
    sent: { include: ['reasoning.encrypted_content'] },
    needless: { anthropic: 'it comes unasked', 'openai-chat': 'there is none' },
  },
  { what: 'effort', sent: { reasoning: { effort: 'high' } } },
  { what: 'effort, none', sent: { reasoning: { effort: 'none' } } },
  {
    what: 'reasoning shown',
    sent: { reasoning: { summary: 'auto' } },
    needless: { 'openai-chat': 'what the server shows is passed on' },
  },
  { what: 'reasoning of which turns', sent: { reasoning: { context: 'all_turns' } } },
  { what: 'verbosity', sent: { text: { verbosity: 'low' } } },
  { what: 'format JSON', sent: { text: { format: { type: 'json_object' } } } },
  {
    what: 'schema of the answer',
    sent: { text: { format: { type: 'json_schema', name: 'a', schema, strict: true } } },
  },
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
  { what: 'tier', sent: { service_tier: 'auto' }, needless: { 'openai-chat': 'it has no tiers' } },
  { what: 'tier, cheaper', sent: { service_tier: 'flex' } },
  { what: 'tier, fastest', sent: { service_tier: 'ultrafast' } },
  {
    what: 'not to be kept',
    sent: { store: false },
    needless: { anthropic: 'nothing is kept', 'openai-chat': 'nothing is kept' },
  },
  { what: 'to be kept', sent: { store: true } },
  { what: 'an answer kept by the vendor', sent: { previous_response_id: 'resp_1' } },
  { what: 'a conversation kept by the vendor', sent: { conversation: 'conv_1' } },
  { what: 'a prompt kept by the vendor', sent: { prompt: { id: 'pmpt_1' } } },
  { what: 'answer later', sent: { background: true } },
  { what: 'truncation', sent: { truncation: 'auto' } },
  {
    what: 'summing up of the context',
    sent: { context_management: [{ type: 'compaction', compact_threshold: 1_000 }] },
  },
  { what: 'stream', sent: { stream: true } },
  { what: 'moderation', sent: { moderation: { input: 'block' } } },
  { what: 'programs of access', sent: { access_programs: ['x'] } },
  { what: 'a field that nobody knows', sent: { new_field: 1 } },
]
