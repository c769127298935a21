import type { Clock } from '../core/clock.ts'
import type { Engine } from '../core/engine.ts'
import { FACTS_MAX, factsIn } from '../core/lesson.ts'
import type { Store } from '../core/store.ts'
import type { Log } from '../core/system.ts'

export interface LessonLog {
  /** Stops listening; what was learned has been written, or could not be. */
  close(): Promise<void>
}

export interface LessonLogOptions {
  readonly engine: Pick<Engine, 'events' | 'teach'>
  readonly store: Store
  readonly log: Log
  readonly clock: Clock
}

/** Teaches the engine what earlier processes had learned, and keeps what it learns. Without the store it learns anew. */
export async function keepLessons({ engine, store, log, clock }: LessonLogOptions): Promise<LessonLog> {
  const stored = store.log('lessons', FACTS_MAX)
  const complain = (error: unknown): void =>
    log.warn('what was learned of models cannot be kept', { error: String(error) })
  try {
    engine.teach(factsIn(await stored.newest(FACTS_MAX), clock.wallNow()).toReversed())
  } catch (error) {
    complain(error)
  }
  let writing = Promise.resolve()
  const unsubscribe = engine.events.subscribe('lesson-learned', ({ fact }) => {
    const id = `${fact.at} ${fact.host} ${fact.model} ${fact.lesson.path.join('.')}`
    writing = writing.then(() => stored.append([{ id, value: fact }])).catch(complain)
  })
  return {
    close() {
      unsubscribe()
      return writing
    },
  }
}
