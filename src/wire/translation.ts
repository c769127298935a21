import type { Failure } from '../core/outcome.ts'
import type { Wire } from '../core/wire.ts'
import type { Dialect } from './dialects.ts'
import type { SseEvent } from './sse.ts'

/** What a model takes of what its protocol has; an absent fact is not known, and nothing is adapted for it. */
export interface Takes {
  /** The values of effort, weakest first; empty when it has none. */
  readonly efforts?: readonly string[]
  /** The effort of a request that names none. */
  readonly effortDefault?: string
  /** temperature, top_p and top_k other than their defaults. OpenAI's models take them at effort `none` all the same. */
  readonly sampling?: boolean
  /** A tool_choice that forces a call. */
  readonly forcedTools?: boolean
  /** A last message of role assistant that it continues. */
  readonly prefill?: boolean
  /** Messages of role system between the others, and with them changes of the tools. */
  readonly systemMessages?: boolean
  /** Beginnings of the tool types that it refuses. */
  readonly toolTypesRefused?: readonly string[]

  // Anthropic's models.
  /** The values of `thinking.type`. */
  readonly thinkingModes?: readonly string[]
  /** Whether it thinks when the request does not say. */
  readonly thinkingDefault?: 'on' | 'off'
  /** With a budget it may think between calls of tools, and then for longer than one answer is. */
  readonly interleaved?: boolean
  /** What it shows of its thinking when the request does not say. */
  readonly thinkingDisplay?: 'omitted' | 'summarized'
  /** The strongest effort while thinking is off, where not all of them may be asked for. */
  readonly effortMaxThinkingOff?: string
  /** Messages with an effort of their own: always, only while it thinks, or never. */
  readonly effortInMessages?: 'yes' | 'thinking' | 'no'
  /** output_config.format. */
  readonly structuredOutput?: boolean
  /** `speed: "fast"`: taken, taken with this value of anthropic-beta, or refused. */
  readonly fast?: boolean | string
  readonly taskBudget?: boolean
  readonly inferenceGeo?: boolean
  /** Compaction, as a part of context_management. */
  readonly compaction?: boolean
  /** How many pictures and documents a conversation may have. */
  readonly mediaMax?: number
  /** The models that its `fallbacks` may name. */
  readonly fallbacks?: readonly string[]
  /** The models that may advise it. */
  readonly advisors?: readonly string[]

  // OpenAI's models.
  /** Functions in Chat Completions: at any effort, at effort `none` alone, or through Responses only. */
  readonly toolsInChat?: 'yes' | 'at-none' | 'no'
  /** The values of effort in Chat Completions, where they are fewer. */
  readonly effortsInChat?: readonly string[]
  /** It wants max_completion_tokens in place of max_tokens. */
  readonly maxCompletionTokens?: boolean
  /** The least max_output_tokens of Responses. */
  readonly outputTokensMin?: number
  /** prompt_cache_options. */
  readonly cacheOptions?: boolean
  /** The values of prompt_cache_retention. */
  readonly cacheRetentions?: readonly string[]
  readonly serviceTiers?: readonly string[]
  /** How many tools one Chat request may have. */
  readonly toolsMax?: number
}

/** What a translation must know of the model that the request goes to; `models` fills it from the card. */
export interface Target {
  readonly model: string
  readonly outputTokensMax: number | undefined
  readonly dialect: Dialect
  readonly takes?: Takes
}

/** How a client of one protocol speaks with a worker of another. `from` is the client's. */
export interface Translation {
  readonly from: Wire
  readonly to: Wire
  /**
   * The request in the worker's protocol. Total: every field is mapped, dropped with a loss, or refused.
   * Byte-stable: the same request always gives the same bytes.
   * @throws SignalboxError untranslatable, naming the field; invalid-message, malformed-json.
   */
  request(body: Buffer, target: Target): TranslatedRequest
  /**
   * The whole reply in the client's protocol, under the name that the client asked for.
   * @throws SignalboxError worker-protocol when the body is no reply.
   */
  reply(body: Buffer, naming: ReplyNaming): Buffer
  stream(naming: ReplyNaming): StreamTranslator
  /** An upstream's error in the client's envelope. */
  error(failure: Failure, naming: ReplyNaming): { readonly status: number; readonly body: Buffer }
}

export interface TranslatedRequest extends ReplyNeeds {
  readonly body: Buffer
  readonly losses: readonly string[]
}

/** What the translation of a reply must know of its request: found with the request, and handed on. */
export interface ReplyNeeds {
  /**
   * The client of a Chat stream asked for usage, and gets it as the protocol says: in a last chunk without choices.
   * Otherwise it rides on the finish chunk: programs that did not ask take the first choice of every chunk unseen.
   */
  readonly usageChunk?: boolean
  /** Texts that end the answer, where the worker's protocol has no field for them: it is cut where one appears. */
  readonly stopSequences?: readonly string[]
  /** Tools that the worker knows by another name, and what the client calls them. */
  readonly toolNames?: ReadonlyMap<string, string>
  /** Tools that take free text from the client's side, and a text in an object from the worker's. */
  readonly customTools?: ReadonlySet<string>
  /** Checks that the client asked for beside the answer, and that nobody makes: the reply says so. */
  readonly safeguards?: readonly string[]
  /** The model that the request went to: only it can read its reasoning again. */
  readonly served?: string
}

export interface ReplyNaming extends ReplyNeeds {
  /** The model that the client asked for. */
  readonly asked: string
  readonly traceId: string
  /** Seconds since 1970, for protocols that date their replies. */
  readonly createdS: number
}

/**
 * Turns one stream into another, event by event. An upstream's error becomes the client protocol's error event, once,
 * and nothing follows it: who sends the bytes must not add an error event of its own after that.
 */
export interface StreamTranslator {
  /** @returns the bytes to send now; often none. Never throws. */
  push(event: SseEvent): Buffer
  /**
   * The upstream's stream is over.
   * @returns the bytes that end the client's stream, where the reply was whole but the protocol's last word did not
   * come (some servers leave `[DONE]` out); none when it has ended already, or when the reply was not whole: that is a
   * failure, and the caller's to tell.
   */
  end(): Buffer
  /**
   * The client's reply has ended, though the worker's may go on, as where a stop sequence was found: nothing more of it
   * is needed.
   */
  readonly over?: boolean
  /** What came could not be carried over: the client has been told, and nothing follows. */
  readonly failure?: Failure | undefined
}
