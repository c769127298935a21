import {
  type EndedTurn,
  type Habits,
  learnEnd,
  learnNext,
  learnTurn,
  priorHabits,
} from '../models/move/habits.ts'
import { type ConversationKind, conversationKinds } from '../models/move/kind.ts'
import type { Session } from './sessions.ts'

/** What is known of each kind of conversation, as of now. */
export class ConversationHabits {
  readonly #byKind = new Map<ConversationKind, Habits>(
    conversationKinds.map((kind) => [kind, priorHabits(kind)]),
  )

  of(kind: ConversationKind): Habits {
    return this.#byKind.get(kind) ?? priorHabits(kind)
  }

  /** The person has begun another turn, which asks for the model. */
  nextTurn(session: Session, asked: string | undefined, nowMs: number): void {
    const { kind, home } = session
    const warm = home !== undefined && nowMs < home.warmUntilMs
    const habits = learnTurn(this.of(kind), endedTurn(session))
    this.#byKind.set(kind, learnNext(habits, { changed: asked !== session.asked, warm }))
  }

  ended(session: Session): void {
    const { kind, turns } = session
    this.#byKind.set(kind, learnEnd(learnTurn(this.of(kind), endedTurn(session)), turns))
  }
}

function endedTurn(session: Session): EndedTurn {
  const { classification, requests, outputTokens, firstPromptTokens, home } = session
  const grownTokens = (home?.promptTokens ?? 0) - firstPromptTokens
  return { class: classification.class, requests, outputTokens, grownTokens }
}
