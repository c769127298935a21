import type { Wire } from '../src/core/wire.ts'
import { createCards } from '../src/models/catalog.ts'
import { targetOf } from '../src/models/target.ts'
import { type Dialect, dialects } from '../src/wire/dialects.ts'
import { anthropicBase, anthropicSamples } from './protocols/anthropic-samples.ts'
import { chatBase, chatSamples } from './protocols/chat-samples.ts'
import { type Json, mappedCell, type Sample, sampleCell, type WorkerSeen } from './protocols/mapping.ts'
import {
  claudeBase,
  claudeMoves,
  claudeSamples,
  gptBase,
  gptMoves,
  gptSamples,
  type Move,
  moveCell,
} from './protocols/models.ts'
import { complaintCells, complaints } from './protocols/errors.ts'
import { endingCell, endings, usageCell, usageMissingCell } from './protocols/replies.ts'
import { responsesBase, responsesSamples } from './protocols/responses-samples.ts'
import { streamRows } from './protocols/streams.ts'
import { code, table } from './protocols/text.ts'

const wires: readonly Wire[] = ['anthropic', 'openai-chat', 'openai-responses']
const names: Readonly<Record<Wire, string>> = {
  anthropic: 'Anthropic Messages',
  'openai-chat': 'Chat Completions',
  'openai-responses': 'Responses',
}
const cards = createCards()
const othersOf = (wire: Wire): readonly Wire[] => wires.filter((other) => other !== wire)

/** docs/protocols.md: what becomes of each field, asked of the code that translates. */
export function protocolsPage(generated: string): string {
  return `# Protocols

${generated}

Signalbox is spoken to in three protocols: \`POST /v1/messages\` (Anthropic), \`POST /v1/chat/completions\` and \`POST /v1/responses\`
(OpenAI). A worker of kind \`anthropic\` is asked in the first; one of kind \`openai\` in the second, and at OpenAI in the second or
third. Where client and worker speak the same protocol, the bytes pass: only the model's name is put in, and what the model
would refuse is changed. Where they do not, the request is translated, and its reply back.

A worker is asked in the client's own protocol where it speaks that; only a Chat Completions request with tools goes to
Responses where OpenAI's model takes tools only there. What comes to OpenAI from an Anthropic client goes to Responses when it has tools, and to Chat
Completions when it has none.

Each field is mapped, left out with a code, or refused with a sentence that names it. The codes are told in
\`x-signalbox-losses\`, and in \`losses\` of the decision. Nothing is left out without a code, but for what the worker does
anyway and what means nothing to it. The same request always gives the same bytes, so that the provider's cache of the prompt
holds from turn to turn.

What is not served: a reply, conversation or prompt that the vendor keeps (\`previous_response_id\`, \`conversation\`, \`prompt\`) for a worker of
another protocol, replies in the background, and WebSockets: a request to upgrade is answered 426, and clients go on over HTTP.

## How to read the tables

They are written by the translations themselves: each row is one small request, and says in what that request and the worker's differ
with and without the field. Places are dotted, with positions in lists as numbers.

| cell | meaning |
| --- | --- |
| \`place\`: \`value\` | this stands in the worker's request |
| = | the same place and the same value |
| without \`place\` | it is gone from the worker's request |
| left out: \`code\` | nothing of it goes to the worker, and the code says so |
| lost: \`code\` | the worker gets what stands above, but not all that was said |
| not sent: why | nothing of it goes to the worker, which need not be told |
| refused: \`sentence\` | 400; the sentence is the error's message |

The workers are \`claude-opus-5-5\` and \`claude-haiku-4-5\` at Anthropic, \`gpt-6.1-terra\` at OpenAI, and a vLLM server with a model that has
no card. Where they differ, the cell names them. What other models take is in [models](models.md); what other servers take, under
[dialects](#dialects).

${wires.map(requestSection).join('\n\n')}

## Stop reasons

A call in the reply beats a plain stop, and none is claimed where there is no call: agents wait for ever on a call that is not there. A reply that
failed, or that ends neither by its own word nor by the connection's, is an error and never an answer. The error is 502
before the first byte, and after it the protocol's own error event: \`error\`, a chunk with \`error\`, \`response.failed\`.

${wires.map(endingTable).join('\n\n')}

## Usage

The same reply in each protocol. Anthropic counts cached tokens apart from the input, OpenAI inside it. Where a worker of OpenAI's
protocols tells no usage, what was written is estimated at four characters a token; how long the prompt was is not known there.
A stream's last figures hold; they are never added up.

${usageTable()}

## Errors

What a worker answers, what that is called here ([errors](errors.md)), and what clients of each protocol get. Only refused requests keep the
worker's words: all others may speak of the operator's account. A worker's key that is refused is no fault of the
caller's, and so it is 502. OpenAI's errors are those of a worker that is asked in Chat Completions. An Anthropic client is told of a prompt that is too long in Anthropic's words, for it shortens its history by no other sign.

${table(
  ['the worker answers', 'code', ...wires.map((wire) => names[wire])],
  complaints.map((complaint) => complaintCells(complaint, wires)),
)}

## Streams

One reply, a text and a call of a tool, event by event. An empty cell is an event that brings nothing to send. The arguments of a call go out as they
come where they are long; short ones wait until they are whole, so that a call whose arguments are no JSON can still be mended.

${wires.map(streamTable).join('\n\n')}

What servers send against the protocol, and what is read all the same:

- comments, CR and CRLF, \`data:\` without a space, data in several lines, a last event without its blank line;
- a role that is missing or in every chunk; content that is null, empty or a list; chunks without choices; one message instead of deltas;
- usage in any chunk, also with choices, also more than once: the last one holds;
- calls without index, all with index 0, several in one chunk, mixed with each other, without an id, with an empty name, with their name or id again;
- arguments that are an object, empty, null, missing or said twice; arguments that are no JSON go on as \`{}\` with a note;
- reasoning as \`reasoning\`, \`reasoning_content\`, \`reasoning_text\` or \`reasoning_details\`: it is never shown as the answer;
- a finish reason that is empty, null, early, doubled, unknown or missing before \`[DONE]\`;
- an error as object, list, text, number or HTML, in a chunk, in a 200, before or after \`[DONE]\`: it stays an error.

A stream with neither a finish reason nor \`[DONE]\` is an error, whatever was said before.

## Dialects

How servers of Chat Completions differ, by \`dialect\` of a worker ([configuration](configuration.md)). Without one, a host of OpenAI is
\`openai\`, any other \`compatible\`.

${dialectTable()}

## Another model, the same protocol

What is changed in a request when another model of the vendor answers it than the one it was written for. Beside what the rows
say, the request holds a question and, for Claude, \`max_tokens\` of 8,000. The first row is what the models' different defaults make
of a request that says nothing of them; = is no change but the name. \`recounted\` says that the models count tokens
differently. Which models read the reasoning of which is told in [models](models.md#who-reads-whose-reasoning).

Anthropic Messages, \`anthropic-version: 2023-06-01\`:

${moveTable('anthropic', claudeBase, claudeSamples, claudeMoves)}

Chat Completions:

${moveTable('openai-chat', gptBase, gptSamples, gptMoves)}
`
}

const atOpenai = targetOf('gpt-6.1-terra', cards.find('gpt-6.1-terra'), dialects.openai)
const claude = (model: string): WorkerSeen => ({
  label: code(model),
  wire: 'anthropic',
  target: targetOf(model, cards.find(model), dialects.compatible),
})
const workers: Readonly<Record<Wire, readonly WorkerSeen[]>> = {
  anthropic: [claude('claude-opus-5-5'), claude('claude-haiku-4-5')],
  'openai-chat': [
    { label: 'OpenAI', wire: 'openai-chat', target: atOpenai },
    { label: 'vLLM', wire: 'openai-chat', target: targetOf('local', undefined, dialects.vllm) },
  ],
  'openai-responses': [{ label: 'OpenAI', wire: 'openai-responses', target: atOpenai }],
}

const requests: Readonly<Record<Wire, { readonly base: Json; readonly samples: readonly Sample[] }>> = {
  anthropic: { base: anthropicBase, samples: anthropicSamples },
  'openai-chat': { base: chatBase, samples: chatSamples },
  'openai-responses': { base: responsesBase, samples: responsesSamples },
}

function requestSection(client: Wire): string {
  const { base, samples } = requests[client]
  const others = othersOf(client)
  const rows = samples.map((sample) => [
    sample.what,
    sampleCell(base, sample),
    ...others.map((wire) => mappedCell(client, base, sample, workers[wire])),
  ])
  return `## A request in ${names[client]}

${table(['what', 'the client sends', ...others.map((wire) => `to ${names[wire]}`)], rows)}`
}

function endingTable(worker: Wire): string {
  const clients = othersOf(worker)
  return table(
    [`a worker of ${names[worker]}`, ...clients.map((client) => `${names[client]} client`)],
    endings[worker].map((ending) => [
      ending.what,
      ...clients.map((client) => endingCell(client, worker, ending)),
    ]),
  )
}

function usageTable(): string {
  return table(
    ['worker', ...wires.map((client) => `${names[client]} client`)],
    wires.flatMap((worker) => [
      [names[worker], ...wires.map((client) => usageCell(client, worker))],
      [`${names[worker]}, none told`, ...wires.map((client) => usageMissingCell(client, worker))],
    ]),
  )
}

function streamTable(worker: Wire): string {
  const clients = othersOf(worker)
  return table(
    [`a worker of ${names[worker]}`, ...clients.map((client) => `${names[client]} client`)],
    streamRows(worker, clients),
  )
}

const dialectTitles: Readonly<Record<keyof Dialect, string>> = {
  name: 'dialect',
  maxTokensField: 'limit of the answer',
  systemRole: 'system text as',
  streamUsage: 'usage of streams on request',
  stopSequencesMax: 'stop strings',
  systemAnywhere: 'system text anywhere',
  userAfterTool: 'user after tool results',
  nineCharacterToolIds: 'ids of calls have 9 letters',
  prefill: 'answer begun by the client',
  efforts: 'effort',
  endUserField: 'end user',
  topK: 'top_k',
  files: 'PDF',
  serviceTier: 'tiers',
  stopWhileReasoning: 'stop strings while it reasons',
  customTools: 'custom tools, allowed tools',
  verbosity: 'verbosity',
  metadata: 'metadata',
  promptCache: 'fields of the cache',
  webSearch: 'search of the web',
  responses: 'Responses',
}

function dialectTable(): string {
  const rows: readonly Dialect[] = Object.values(dialects)
  return table(
    Object.values(dialectTitles),
    // The titles have a key for each fact of a dialect, and no other.
    rows.map((dialect) => Object.keys(dialectTitles).map((fact) => factCell(dialect[fact as keyof Dialect]))),
  )
}

function factCell(fact: Dialect[keyof Dialect]): string {
  if (fact === undefined) return 'none'
  if (typeof fact === 'boolean') return fact ? 'yes' : 'no'
  if (typeof fact === 'number') return Number.isFinite(fact) ? String(fact) : 'any number'
  if (typeof fact === 'string') return code(fact)
  return fact.join(', ') || 'none'
}

function moveTable(wire: Wire, base: Json, samples: readonly Sample[], moves: readonly Move[]): string {
  return table(
    ['what', 'the request', ...moves.map(({ from, to }) => `${code(from)} → ${code(to)}`)],
    samples.map((sample) => [
      sample.what,
      sampleCell(base, sample),
      ...moves.map((move) => moveCell(wire, base, sample, move, cards)),
    ]),
  )
}
