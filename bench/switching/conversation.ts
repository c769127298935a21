import { type Random, seededRandom } from '../../src/core/random.ts'
import type { Skeleton, SkeletonTurn } from './skeletons.ts'
import { skeletons } from './skeletons.ts'

/** One conversation as it will be played: the same for every way of routing. */
export interface Script {
  readonly id: string
  readonly skeleton: Skeleton
  /** Tokens before the person says a word. */
  readonly contextTokens: number
  readonly turns: readonly ScriptTurn[]
  readonly seed: number
}

export interface ScriptTurn {
  readonly asks: SkeletonTurn
  /** Until the person says this, after the answer before. */
  readonly pauseMs: number
  readonly steps: readonly ScriptStep[]
  readonly outputTokens: number
}

/** One call of a tool. */
export interface ScriptStep {
  readonly outputTokens: number
  readonly resultTokens: number
  /** What the tool takes. */
  readonly tookMs: number
}

/** Of ten people one goes on after the last ask, with one from another conversation of the field. */
const TOPIC_CHANGE_SHARE = 0.12
/** After each turn some people leave. */
const LEAVE_SHARE = 0.06
const PAUSE_MEDIAN_MS = 70_000
const PAUSE_SPREAD = 1.1

export function scripts(count: number, seed: number): readonly Script[] {
  return Array.from({ length: count }, (_, number) => script(number, seededRandom(seed * 100_003 + number)))
}

function script(number: number, random: Random): Script {
  const skeleton = skeletons[number % skeletons.length] as Skeleton
  const [least, most] = skeleton.context
  return {
    id: `conversation-${number}`,
    skeleton,
    contextTokens: Math.round(least + (most - least) * random.next()),
    turns: asksOf(skeleton, random).map((asks, index) => scriptTurn(asks, index, random)),
    seed: random.uint32(),
  }
}

function asksOf(skeleton: Skeleton, random: Random): readonly SkeletonTurn[] {
  const others = skeletons.filter(({ field }) => field === skeleton.field).flatMap(({ turns }) => turns)
  const asks: SkeletonTurn[] = []
  for (const asked of skeleton.turns) {
    asks.push(asked)
    if (random.next() < LEAVE_SHARE) break
    if (random.next() < TOPIC_CHANGE_SHARE) asks.push(others[random.uint32() % others.length] as SkeletonTurn)
  }
  return asks
}

function scriptTurn(asks: SkeletonTurn, index: number, random: Random): ScriptTurn {
  const [least, most] = asks.steps
  const steps = least + (random.uint32() % (most - least + 1))
  return {
    asks,
    pauseMs: index === 0 ? 0 : Math.round(PAUSE_MEDIAN_MS * Math.exp(PAUSE_SPREAD * normal(random))),
    steps: Array.from({ length: steps }, () => ({
      outputTokens: around(asks.output, random),
      resultTokens: around(asks.result, random),
      tookMs: 1_000 + Math.round(8_000 * random.next()),
    })),
    outputTokens: around(asks.output, random),
  }
}

function around(tokens: number, random: Random): number {
  return Math.round(tokens * (0.5 + random.next()))
}

/** The sum of twelve uniform draws is near enough to normal. */
function normal(random: Random): number {
  let sum = -6
  for (let draw = 0; draw < 12; draw++) sum += random.next()
  return sum
}
