import type { Card, Price } from '../src/models/card.ts'
import { createCards } from '../src/models/catalog.ts'
import type { Takes } from '../src/wire/translation.ts'

type Columns<Row> = readonly (readonly [title: string, cell: (row: Row) => string])[]

/** docs/models.md: what the cards know, vendor by vendor. */
export function modelsPage(generated: string): string {
  const cards = createCards().all()
  const of = (vendor: Card['vendor']): readonly Card[] => cards.filter((card) => card.vendor === vendor)
  const claude = of('anthropic')
  const gpt = of('openai')
  return `# Models

${generated}

What is known of each model: its card. Costs, limits and what a request may contain come from here. A request written for one
model and answered by another is adapted by these facts: what the other refuses is said as it takes it, left out with a code
in \`x-signalbox-losses\`, or refused with a sentence. A request for a model without a card, and whatever these tables do not
speak of, passes untouched.

The configuration's \`models\` adds a card or corrects one ([configuration](configuration.md)). Another name starts from a card with \`like\`,
which carries limits and prices, but not what the model takes and reads: a name often stands for a model of another family.

Every card names its source and the day it was read; the last table lists what no page of the vendor confirmed. Nothing there is a
wall: what the vendor's own \`GET /v1/models/{id}\` at api.anthropic.com tells goes in its place, once the first answer has come
from there. What other hosts tell of a model corrects no card, nor does a figure that is less than a quarter of the card's, or more
than four times it.

## Limits

Tokens. "Cached from" is the shortest prompt that is cached. "Off from" is the first day on which the vendor may switch the
model off. "Counts" is the way that tokens are counted: \`claude-4.7\` makes about 30 % more of a text than \`claude\`.

${table(cards, limitColumns)}

## Prices

US dollars per million tokens, for the standard tier. "Write" is the cache for a short time (five minutes at Anthropic, thirty at
OpenAI), "write long" for an hour or twelve. Above so many tokens of prompt, cached or not, the dearer line holds for the whole
request. The multipliers hold for all prices and stand on each other; the tier that counts is the one in the vendor's reply.
\`us\` and \`regional\` are requests held to a region. An open model costs what its host takes: say so under \`models\`.

${table(
  cards.filter(({ vendor }) => vendor !== 'open'),
  priceColumns,
)}

## What Claude models take

"Off as" is how thinking is turned off, and the strongest effort beside it. A default stands first in bold.

${table(claude, thinkingColumns)}

Sampling: temperature, top_p, top_k. With \`anthropic-version: 2026-10-21\` no model takes them. "While off": only while the model
does not think, and only one of temperature and top_p.

${table(claude, claudeColumns)}

${table(claude, toolColumns)}

## What GPT models take

Sampling parameters are taken at effort \`none\` alone; an effort that is not given counts as the default. At most 128 tools in Chat
Completions.

${table(gpt, gptColumns)}

## Who reads whose reasoning

Every model reads its own. Blocks that a model cannot read stay in the conversation, byte for byte, for one that can. No GPT model
reads another's reasoning, nor do models of different vendors; from 6.2 on, GPT models drop their own without a word after a change
of the account, the person or what stands before it.

${table(claude, readingColumns)}

## What is uncertain

${table(
  cards.filter(({ uncertain = [] }) => uncertain.length > 0),
  uncertainColumns,
)}
`
}

const model = ({ id, aliases = [] }: Card): string =>
  [id, ...aliases].map((name) => `\`${name}\``).join('<br>')
const tokens = (count: number | undefined): string => count?.toLocaleString('en') ?? ''
const list = (values: readonly string[] | undefined): string =>
  values === undefined ? '?' : values.length === 0 ? 'none' : values.join(', ')
const yes = (fact: boolean | undefined): string => (fact === undefined ? '?' : fact ? 'yes' : 'no')
const takes = ({ takes: known = {} }: Card): Takes => known

const limitColumns: Columns<Card> = [
  ['model', model],
  ['context', ({ contextTokens }) => tokens(contextTokens)],
  ['longest prompt', ({ inputTokensMax }) => tokens(inputTokensMax)],
  ['longest answer', ({ outputTokensMax }) => tokens(outputTokensMax)],
  ['cached from', ({ cacheTokensMin }) => tokens(cacheTokensMin)],
  ['counts', ({ tokenizer = '' }) => tokenizer],
  ['off from', ({ retirement = '' }) => retirement],
  ['source', ({ source, asOf }) => `${source}, ${asOf}`],
]

const prices =
  (part: keyof Price) =>
  (card: Card): string =>
    [card.priceUsdPerMTok, ...(card.longPrompt ? [card.longPrompt.priceUsdPerMTok] : [])]
      .map((price) => String(Number(price[part].toFixed(4))))
      .join('<br>')
const priceColumns: Columns<Card> = [
  [
    'model',
    ({ id, longPrompt }) => `\`${id}\`${longPrompt ? `<br>above ${tokens(longPrompt.aboveTokens)}` : ''}`,
  ],
  ['input', prices('input')],
  ['output', prices('output')],
  ['read', prices('cacheRead')],
  ['write', prices('cacheWrite')],
  ['write long', prices('cacheWriteLong')],
  [
    'multipliers',
    ({ multipliers = {} }) =>
      Object.entries(multipliers)
        .map(([name, times]) => `${name} ×${times}`)
        .join(', '),
  ],
]

const id = ({ id: name }: Card): string => `\`${name}\``
const offMode = (card: Card): string => {
  const { thinkingModes = [], effortMaxThinkingOff } = takes(card)
  const mode = thinkingModes.find((each) => each === 'disabled' || each === 'between_tools')
  if (mode === undefined) return 'never off'
  return `\`${mode}\`${effortMaxThinkingOff ? `, effort to ${effortMaxThinkingOff}` : ''}`
}
const efforts = (card: Card, among = takes(card).efforts): string => {
  const { effortDefault } = takes(card)
  const others = among?.filter((effort) => effort !== effortDefault)
  if (effortDefault === undefined) return list(others)
  return list([`**${effortDefault}**`, ...(others ?? [])])
}
const thinkingColumns: Columns<Card> = [
  ['model', id],
  [
    'thinking',
    (card) => list(takes(card).thinkingModes?.filter((mode) => mode === 'adaptive' || mode === 'enabled')),
  ],
  ['when not said', (card) => takes(card).thinkingDefault ?? '?'],
  ['off as', offMode],
  ['shown as', (card) => takes(card).thinkingDisplay ?? '?'],
  ['effort', (card) => efforts(card)],
  [
    'effort of single messages',
    (card) =>
      ({ yes: 'yes', no: 'no', thinking: 'while it thinks', unknown: '?' })[
        takes(card).effortInMessages ?? 'unknown'
      ],
  ],
]

const claudeColumns: Columns<Card> = [
  ['model', id],
  ['sampling', (card) => (takes(card).sampling === true ? 'while off' : yes(takes(card).sampling))],
  ['prefill', (card) => (takes(card).prefill === true ? 'while off' : yes(takes(card).prefill))],
  [
    'forced tool',
    (card) =>
      yes(takes(card).forcedTools) +
      (takes(card).thinkingModes?.includes('enabled') ? ', not with `enabled`' : ''),
  ],
  ['role system, tool changes', (card) => yes(takes(card).systemMessages)],
  ['task budget', (card) => yes(takes(card).taskBudget)],
  ['compaction', (card) => yes(takes(card).compaction)],
  ['region', (card) => yes(takes(card).inferenceGeo)],
  [
    'fast',
    (card) => {
      const { fast } = takes(card)
      return typeof fast === 'string' ? `with \`${fast}\`` : yes(fast)
    },
  ],
]

const toolColumns: Columns<Card> = [
  ['model', id],
  ['refuses tools of type', (card) => list(takes(card).toolTypesRefused?.map((type) => `\`${type}…\``))],
  ['fallbacks may name', (card) => list(takes(card).fallbacks)],
  ['may be advised by', (card) => list(takes(card).advisors)],
]

const gptColumns: Columns<Card> = [
  ['model', id],
  ['effort', (card) => efforts(card)],
  [
    'effort in Chat',
    (card) => (takes(card).effortsInChat ? efforts(card, takes(card).effortsInChat) : 'the same'),
  ],
  [
    'tools in Chat',
    (card) =>
      ({ yes: 'yes', no: 'no', 'at-none': 'at effort none', unknown: '?' })[
        takes(card).toolsInChat ?? 'unknown'
      ],
  ],
  ['prompt_cache_options', (card) => yes(takes(card).cacheOptions)],
  ['prompt_cache_retention', (card) => list(takes(card).cacheRetentions)],
  ['service_tier', (card) => list(takes(card).serviceTiers)],
]

const readingColumns: Columns<Card> = [
  ['model', id],
  ['reads the reasoning of', ({ reads }) => list(reads)],
  [
    'its own is readable',
    ({ reasoningBoundToAccount }) => (reasoningBoundToAccount ? 'in its account only' : 'in any account'),
  ],
  [
    'checks what stands before it',
    ({ prefixCheck }) => (prefixCheck === 'no' ? 'no' : `for ${(prefixCheck ?? '?').replace('-', ' ')}`),
  ],
]

const uncertainColumns: Columns<Card> = [
  ['model', id],
  ['facts', ({ uncertain }) => list(uncertain)],
]

function table<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(([title]) => title)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('\n')
}
