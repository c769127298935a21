import type { Json, Sample } from './mapping.ts'

/** What an Anthropic request may say, one thing at a time. */

const hi: Json = { role: 'user', content: 'Hi' }
const saying = (...content: readonly Json[]): Json => ({ messages: [{ role: 'user', content }] })
const text: Json = { type: 'text', text: 'Hi' }
const schema: Json = { type: 'object', properties: {} }
const tools: Json = { tools: [{ name: 'read', input_schema: schema }] }
const call: Json = { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'a.ts' } }
const resultOf = (content: unknown, more: Json = {}): Json => ({
  type: 'tool_result',
  tool_use_id: 'toolu_1',
  content,
  ...more,
})
const withPart = (what: string, part: Json): Sample => ({
  what,
  sent: saying(text, { type: 'text', text: 'Look:' }, part),
  beside: saying(text, { type: 'text', text: 'Look:' }),
})
const turn = (assistant: readonly Json[], ...user: readonly Json[]): Json => ({
  messages: [hi, { role: 'assistant', content: assistant }, { role: 'user', content: user }],
})
const withResult = (what: string, result: Json, ...after: readonly Json[]): Sample => ({
  what,
  sent: turn([call], result, ...after),
  beside: { ...tools, ...turn([call], resultOf('seen')) },
})
const withBlock = (what: string, block: Json): Sample => ({
  what,
  sent: turn([block, { type: 'text', text: 'Yes.' }], text),
  beside: turn([{ type: 'text', text: 'Yes.' }], text),
})
const withTool = (what: string, tool: Json): Sample => ({
  what,
  sent: { tools: [...(tools['tools'] as readonly Json[]), tool] },
  beside: tools,
})
const choosing = (what: string, choice: Json): Sample => ({
  what,
  sent: { tool_choice: choice },
  beside: tools,
})
const png: Json = { type: 'base64', media_type: 'image/png', data: 'iVBORw==' }
const pdf: Json = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }
const cached: Json = { cache_control: { type: 'ephemeral' } }

export const anthropicBase: Json = { model: 'auto', max_tokens: 1_000, messages: [hi] }

export const anthropicSamples: readonly Sample[] = [
  { what: 'system prompt', sent: { system: 'Be brief.' } },
  {
    what: 'system prompt in blocks',
    sent: {
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.' },
      ],
    },
  },
  {
    what: 'system text between messages',
    sent: {
      messages: [hi, { role: 'assistant', content: 'Yes?' }, { role: 'system', content: 'Be brief.' }, hi],
    },
    beside: { messages: [hi, { role: 'assistant', content: 'Yes?' }, hi] },
  },
  {
    what: 'cached prefix, system',
    sent: { system: [{ type: 'text', text: 'Be brief.', ...cached }] },
    beside: { system: [{ type: 'text', text: 'Be brief.' }] },
  },
  {
    what: 'cached prefix, message, for an hour',
    sent: saying({ ...text, cache_control: { type: 'ephemeral', ttl: '1h' } }),
    beside: saying(text),
  },
  {
    what: 'cached prefix, tools',
    sent: { tools: [{ name: 'read', input_schema: schema, ...cached }] },
    beside: tools,
  },
  {
    what: 'cached prefix, wherever it ends',
    sent: cached,
    needless: {
      'openai-chat': 'the longest prefix is cached unasked',
      'openai-responses': 'the longest prefix is cached unasked',
    },
  },
  {
    what: 'text with citations',
    sent: saying({ ...text, citations: [{ type: 'char_location' }] }),
    beside: saying(text),
  },
  withPart('picture, data', { type: 'image', source: png }),
  withPart('picture, URL', { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } }),
  withPart('picture, uploaded', { type: 'image', source: { type: 'file', file_id: 'file_1' } }),
  withPart('PDF, data', { type: 'document', source: pdf, title: 'a.pdf' }),
  withPart('PDF, what it is about', { type: 'document', source: pdf, context: 'old' }),
  withPart('PDF, URL', { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } }),
  withPart('document, text', {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'Once' },
    title: 'Tale',
    context: 'old',
  }),
  withPart('document, blocks', {
    type: 'document',
    source: { type: 'content', content: [{ type: 'text', text: 'Once' }] },
  }),
  withPart('document, uploaded', { type: 'document', source: { type: 'file', file_id: 'file_1' } }),
  withPart('document, to be cited', {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'Once' },
    citations: { enabled: true },
  }),
  withPart('search result', { type: 'search_result', source: 'https://x.test', title: 'X', content: [text] }),
  {
    what: 'call and its result',
    sent: turn([{ type: 'text', text: 'I look.' }, call], resultOf('seen')),
    beside: tools,
  },
  {
    what: 'text after the call',
    sent: turn([call, { type: 'text', text: 'I look.' }], resultOf('seen')),
    beside: tools,
  },
  withResult(
    'result in blocks',
    resultOf([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ]),
  ),
  withResult(
    'result with a picture',
    resultOf([
      { type: 'text', text: 'seen' },
      { type: 'image', source: png },
    ]),
  ),
  withResult('result of a failed call', resultOf('no such file', { is_error: true })),
  withResult('result that names a tool', resultOf([{ type: 'tool_reference', tool_name: 'read' }])),
  withResult('text of the person after a result', resultOf('seen'), { type: 'text', text: 'Go on' }),
  { what: 'call without a result', sent: turn([call], text), beside: tools },
  { what: 'result without a call', sent: saying(resultOf('seen')), beside: tools },
  withBlock('thinking, Claude’s', { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }),
  withBlock('thinking, sealed', { type: 'redacted_thinking', data: 'c2ln' }),
  withBlock('search made by the vendor', {
    type: 'server_tool_use',
    id: 'srvtoolu_1',
    name: 'web_search',
    input: { query: 'x' },
  }),
  withBlock('sources found by it', {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ type: 'web_search_result', title: 'X', url: 'https://x.test' }],
  }),
  withBlock('code run by the vendor', {
    type: 'server_tool_use',
    id: 'srvtoolu_1',
    name: 'code_execution',
    input: {},
  }),
  { what: 'answer begun by the client', sent: { messages: [hi, { role: 'assistant', content: 'The' }] } },
  { what: 'thinking off', sent: { thinking: { type: 'disabled' } } },
  { what: 'thinking adaptive', sent: { thinking: { type: 'adaptive' } } },
  { what: 'thinking between tools', sent: { thinking: { type: 'between_tools' } } },
  { what: 'thinking shown', sent: { thinking: { type: 'adaptive', display: 'summarized' } } },
  {
    what: 'thinking with a budget',
    sent: { thinking: { type: 'enabled', budget_tokens: 4_000 } },
    beside: { max_tokens: 8_000 },
  },
  { what: 'effort', sent: { output_config: { effort: 'high' } } },
  { what: 'effort, the most', sent: { output_config: { effort: 'max' } } },
  {
    what: 'effort beside thinking',
    sent: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
  },
  {
    what: 'effort while thinking is off',
    sent: { output_config: { effort: 'low' } },
    beside: { thinking: { type: 'disabled' } },
    needless: { 'openai-chat': 'it is what is asked for anyway' },
  },
  { what: 'task budget', sent: { output_config: { task_budget: { type: 'tokens', total: 20_000 } } } },
  { what: 'tool', sent: { tools: [{ name: 'read', description: 'Reads.', input_schema: schema }] } },
  { what: 'tool without parameters', sent: { tools: [{ name: 'now', input_schema: { type: 'object' } }] } },
  withTool('tool, strict', {
    name: 'write',
    strict: true,
    input_schema: {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    },
  }),
  withTool('tool, strict in a way of its own', { name: 'write', strict: true, input_schema: schema }),
  withTool('tool with a long name', { name: `mcp__${'x'.repeat(70)}`, input_schema: schema }),
  withTool('tool with examples', { name: 'write', input_schema: schema, input_examples: [{ path: 'a' }] }),
  withTool('tool that is found by search', { name: 'write', input_schema: schema, defer_loading: true }),
  withTool('search for tools', { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }),
  withTool('search of the web', {
    type: 'web_search_20250305',
    name: 'web_search',
    max_uses: 3,
    allowed_domains: ['x.test'],
  }),
  withTool('fetching of pages', { type: 'web_fetch_20250910', name: 'web_fetch' }),
  withTool('running of code', { type: 'code_execution_20250825', name: 'code_execution' }),
  withTool('shell, in the vendor’s words', { type: 'bash_20250124', name: 'bash' }),
  choosing('tool choice auto', { type: 'auto' }),
  choosing('tool choice any', { type: 'any' }),
  choosing('tool choice by name', { type: 'tool', name: 'read' }),
  choosing('tool choice none', { type: 'none' }),
  choosing('one call at a time', { type: 'auto', disable_parallel_tool_use: true }),
  { what: 'length of the answer', sent: { max_tokens: 2_000 } },
  { what: 'length, one token', sent: { max_tokens: 1 } },
  { what: 'length, none', sent: { max_tokens: 0 } },
  { what: 'length, more than there is', sent: { max_tokens: 1_000_000 } },
  { what: 'stop sequences', sent: { stop_sequences: ['END'] } },
  { what: 'five of them', sent: { stop_sequences: ['A', 'B', 'C', 'D', 'E'] } },
  { what: 'temperature', sent: { temperature: 0.5 } },
  {
    what: 'temperature, effort none',
    sent: { temperature: 0.5 },
    beside: { thinking: { type: 'disabled' } },
  },
  { what: 'top_p', sent: { top_p: 0.9 } },
  { what: 'top_k', sent: { top_k: 40 } },
  { what: 'end user', sent: { metadata: { user_id: 'u1' } } },
  { what: 'end user, more of it', sent: { metadata: { team: 't1' } } },
  { what: 'tier', sent: { service_tier: 'auto' }, needless: { 'openai-chat': 'it has no tiers' } },
  {
    what: 'tier, standard',
    sent: { service_tier: 'standard_only' },
    needless: { 'openai-chat': 'it has no tiers' },
  },
  { what: 'speed', sent: { speed: 'fast' } },
  { what: 'schema of the answer', sent: { output_config: { format: { type: 'json_schema', schema } } } },
  { what: 'format of another kind', sent: { output_config: { format: { type: 'grammar' } } } },
  { what: 'stream', sent: { stream: true } },
  { what: 'servers of tools', sent: { mcp_servers: [{ type: 'url', name: 'x', url: 'https://x.test' }] } },
  { what: 'container', sent: { container: 'container_1' } },
  { what: 'edits of the context', sent: { context_management: { edits: [] } } },
  { what: 'region', sent: { inference_geo: 'us' } },
  { what: 'safeguards', sent: { safeguards: [{ type: 'tool_use' }] } },
  { what: 'other models to fall back on', sent: { fallbacks: [{ model: 'claude-opus-4-8' }] } },
  { what: 'a field that nobody knows', sent: { new_field: 1 } },
]
