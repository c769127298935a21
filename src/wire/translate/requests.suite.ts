import type { Wire } from '../../core/wire.ts'
import { SignalboxError } from '../../core/errors.ts'
import { type DialectName, dialects } from '../dialects.ts'
import type { Takes, Target, TranslatedRequest } from '../translation.ts'
import { translationOf } from './streams.suite.ts'

/** What the tests of translated requests share. */
export interface TargetOptions {
  readonly dialect?: DialectName
  readonly takes?: Takes
  readonly outputTokensMax?: number
}

export function target(options: TargetOptions = {}): Target {
  return {
    model: 'target-model',
    outputTokensMax: options.outputTokensMax,
    dialect: dialects[options.dialect ?? 'openai'],
    ...(options.takes && { takes: options.takes }),
  }
}

export interface RequestRead extends Omit<TranslatedRequest, 'body'> {
  readonly body: Record<string, unknown>
}

export function request(from: Wire, to: Wire, body: object | string, options?: TargetOptions): RequestRead {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const translated = translationOf(from, to).request(bytes, target(options))
  return { ...translated, body: JSON.parse(translated.body.toString('utf8')) }
}

const user = [{ role: 'user', content: 'Hi' }]

/** A request of a client of Anthropic's protocol, for a Chat worker. */
export function toChatRequest(body: object, options?: TargetOptions): RequestRead {
  return request(
    'anthropic',
    'openai-chat',
    { model: 'auto', max_tokens: 100, messages: user, ...body },
    options,
  )
}

/** A request of a Chat client, for an Anthropic worker. */
export function toAnthropicRequest(body: object, options?: TargetOptions): RequestRead {
  return request('openai-chat', 'anthropic', { model: 'auto', messages: user, ...body }, options)
}

export function refusalOf(run: () => unknown): SignalboxError {
  try {
    run()
  } catch (error) {
    return SignalboxError.from(error)
  }
  throw new Error('nothing was refused')
}
