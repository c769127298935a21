/** `GET /v1/models`: what may be asked for, in the shape of the client's protocol. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine, ModelListing } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import type { Wire } from '../../core/wire.ts'

/** One date for all: the list changes with the configuration, not with time. */
const CREATED_S = 1_767_225_600
const CREATED_AT = '2026-01-01T00:00:00Z'

type Shape = (model: ModelListing) => object

const openaiShape: Shape = ({ id }) => ({ id, object: 'model', created: CREATED_S, owned_by: 'signalbox' })

const shape: Readonly<Record<Wire, Shape>> = {
  anthropic: ({ id, description }) => ({
    type: 'model',
    id,
    display_name: id,
    description,
    created_at: CREATED_AT,
  }),
  'openai-chat': openaiShape,
  'openai-responses': openaiShape,
}

/** @throws SignalboxError unknown-model, method-not-allowed. */
export function writeModels(
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
  wire: Wire,
  engine: Engine,
): void {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('allow', 'GET')
    throw new SignalboxError('method-not-allowed', `${path} takes GET.`)
  }
  const models = engine.models()
  const id = path.slice('/v1/models/'.length)
  const body = Buffer.from(JSON.stringify(id === '' ? list(models, wire) : one(models, id, wire)))
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  res.end(req.method === 'HEAD' ? undefined : body)
}

function list(models: readonly ModelListing[], wire: Wire): object {
  const data = models.map(shape[wire])
  if (wire !== 'anthropic') return { object: 'list', data }
  return { data, has_more: false, first_id: models[0]?.id ?? null, last_id: models.at(-1)?.id ?? null }
}

function one(models: readonly ModelListing[], encoded: string, wire: Wire): object {
  const id = decoded(encoded)
  const model = models.find((each) => each.id === id)
  if (!model)
    throw new SignalboxError('unknown-model', `there is no model "${id.slice(0, 100)}".`, { path: 'model' })
  return shape[wire](model)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
