import type { Engine } from '../../src/core/engine.ts'
import { type Random, seededRandom } from '../../src/core/random.ts'
import type { VirtualClock } from '../../src/core/virtual-clock.ts'
import type { Script, ScriptTurn } from './conversation.ts'
import { filler, toolResult } from './filler.ts'
import { History } from './history.ts'
import type { AnswerWish, Vendor } from './vendor.ts'

/** What came of all conversations, played one way. */
export interface Figures {
  usd: number
  /** What our own accounting made of it. */
  oursUsd: number
  requests: number
  turns: number
  /** Turns of the person in which the model did not see reasoning of the conversation, and such in the open turn itself. */
  turnsWithLoss: number
  turnsWithLossInLoop: number
  refused: number
  switches: number
  /** Turns of which an answer came from a weaker model than their class asks for, and from a stronger one. */
  below: number
  above: number
}

export interface Stage {
  readonly engine: Engine
  readonly vendor: Vendor
  readonly clock: VirtualClock
  /**
   * The class that a request inside a turn is sent with, from the class that the engine found for the turn and the tool's
   * result; undefined where the engine remembers.
   */
  readonly classInLoop: (turnClass: string, result: string) => string | undefined
  /** The conversation is told apart by its id; else each request stands for itself. */
  readonly remembers: boolean
  readonly figures: Figures
}

const strength: Readonly<Record<string, number>> = {
  'claude-haiku-5-5': 0,
  'claude-sonnet-5-5': 1,
  'claude-opus-5-5': 2,
}
const strengthOfClass: Readonly<Record<string, number>> = { simple: 0, tactical: 1, strategic: 2 }

const SUBAGENT_CONTEXT_TOKENS = 9_000
const SUBAGENT_STEPS = 5
const SUMMARY_TOKENS = 3_000
const MS_PER_OUTPUT_TOKEN = 15
/** Longer than anything is remembered. */
const BETWEEN_MS = 3 * 3_600_000

export async function play(script: Script, stage: Stage): Promise<void> {
  const random = seededRandom(script.seed)
  const { field } = script.skeleton
  const speaker = new Speaker(stage, script.id, 'main')
  const history = new History(filler(field, script.contextTokens, random))
  for (const turn of script.turns) {
    stage.clock.advance(turn.pauseMs)
    let compacted = false
    if (turn.asks.compacted) {
      await speaker.compact(history)
      history.restart(filler('writing', SUMMARY_TOKENS, random))
      compacted = true
    }
    history.say(turn.asks.say)
    if (turn.asks.subagent !== undefined) await delegate(script, turn.asks.subagent, stage, random)
    await speaker.turn(history, turn, (tokens) => toolResult(field, tokens, random), compacted)
  }
  stage.clock.advance(BETWEEN_MS)
}

async function delegate(script: Script, task: string, stage: Stage, random: Random): Promise<void> {
  const { field } = script.skeleton
  const history = new History(filler(field, SUBAGENT_CONTEXT_TOKENS, random))
  history.say(task)
  const step = { outputTokens: 200, resultTokens: 1_500, tookMs: 2_000 }
  const steps = Array.from({ length: SUBAGENT_STEPS }, () => step)
  const asks = { say: task, steps: [0, 0], result: 0, output: 0 } as const
  const speaker = new Speaker(stage, `${script.id}/agent`, 'subagent')
  await speaker.turn(history, { asks, pauseMs: 0, steps, outputTokens: 500 }, (tokens) =>
    toolResult(field, tokens, random),
  )
}

/** One who speaks with the engine: an agent, or a helper of its. */
class Speaker {
  readonly #stage: Stage
  readonly #id: string
  readonly #kind: string
  #model: string | undefined
  #sent = 0

  constructor(stage: Stage, id: string, kind: string) {
    this.#stage = stage
    this.#id = id
    this.#kind = kind
  }

  async turn(
    history: History,
    { steps, outputTokens }: ScriptTurn,
    result: (tokens: number) => string,
    compacted = false,
  ): Promise<void> {
    const { figures, clock, vendor, classInLoop } = this.#stage
    let lost = false
    let lostInLoop = false
    let asked: string | undefined
    let forced: string | undefined
    const differences: number[] = []
    for (let index = 0; index <= steps.length; index++) {
      const step = steps[index]
      const wish = { tool: step !== undefined, outputTokens: step?.outputTokens ?? outputTokens }
      const headers = compacted && index === 0 ? { 'x-claude-code-context-compacted': '1' } : {}
      const { model, className } = await this.#send(history, wish, forced, headers)
      asked ??= className
      differences.push((strength[model] ?? 0) - (strengthOfClass[asked] ?? 0))
      lost ||= vendor.bill.dropped > 0
      lostInLoop ||= vendor.bill.droppedInLoop > 0
      if (!step) break
      clock.advance(step.tookMs)
      const found = result(step.resultTokens)
      history.result(found)
      forced = classInLoop(asked, found)
    }
    figures.turns++
    if (differences.some((difference) => difference < 0)) figures.below++
    if (differences.some((difference) => difference > 0)) figures.above++
    if (lost) figures.turnsWithLoss++
    if (lostInLoop) figures.turnsWithLossInLoop++
  }

  /** The client has the history summed up, with the model that has it at hand. */
  async compact(history: History): Promise<void> {
    const text = 'Summarise the conversation so far, so that the work can go on from the summary.'
    const headers = { 'x-claude-code-request-class': 'compaction' }
    const wish = { tool: false, outputTokens: SUMMARY_TOKENS }
    history.say(text)
    await this.#send(history, wish, undefined, headers)
  }

  async #send(
    history: History,
    wish: AnswerWish,
    forced: string | undefined,
    more: Readonly<Record<string, string>>,
  ): Promise<{ readonly model: string; readonly className: string }> {
    const { engine, vendor, clock, figures, remembers } = this.#stage
    const journey = engine.start({
      wire: 'anthropic',
      body: history.body(),
      query: '',
      headers: {
        'anthropic-version': '2023-06-01',
        'x-claude-code-session-id': this.#id,
        'x-claude-code-request-class': this.#kind,
        'x-bench-answer': JSON.stringify(wish),
        ...more,
      },
      session: remembers ? this.#id : `${this.#id}#${this.#sent}`,
      ...(forced !== undefined && { class: forced }),
    })
    this.#sent++
    const { body, status, model } = await journey.answer
    figures.requests++
    figures.usd += vendor.bill.usd
    if (status !== 200) {
      figures.refused++
      history.answer([{ type: 'text', text: 'refused' }])
      return { model, className: journey.classification.class }
    }
    if (!Buffer.isBuffer(body)) throw new Error('a stream that nobody asked for')
    history.answer((JSON.parse(body.toString('utf8')) as { content: readonly object[] }).content)
    if (this.#model !== undefined && this.#model !== model) figures.switches++
    this.#model = model
    clock.advance(wish.outputTokens * MS_PER_OUTPUT_TOKEN)
    return { model, className: journey.classification.class }
  }
}
