import { LRUCache } from 'lru-cache'
import { FACTS_MAX, type LearnedFact, type Lesson } from '../core/lesson.ts'

/** More models at more servers than a fleet has. */
const PLACES_MAX = FACTS_MAX / 8
/** A model that refuses more than this is not the one that its card describes. */
const LESSONS_MAX = 8

/** What models at servers refuse that their cards do not tell; bounded, the place unused for longest goes. */
export interface Learned {
  /** @returns false when it was known, or the place has learned all it may: then trying again would change nothing. */
  learn(fact: LearnedFact): boolean
  of(host: string, model: string): readonly Lesson[]
  all(): readonly LearnedFact[]
}

export function createLearned(): Learned {
  const places = new LRUCache<string, readonly LearnedFact[]>({ max: PLACES_MAX })
  const placeOf = (host: string, model: string): string => `${host}\n${model}`
  const none: readonly Lesson[] = []

  return Object.freeze<Learned>({
    learn(fact) {
      const place = placeOf(fact.host, fact.model)
      const facts = places.get(place) ?? []
      if (facts.length >= LESSONS_MAX || facts.some(({ lesson }) => isSame(lesson, fact.lesson))) return false
      places.set(place, [...facts, fact])
      return true
    },
    of(host, model) {
      // Nearly always nothing was ever learned: then not even the place's name is made.
      if (places.size === 0) return none
      return places.get(placeOf(host, model))?.map(({ lesson }) => lesson) ?? none
    },
    all: () => [...places.values()].flat(),
  })
}

function isSame(one: Lesson, other: Lesson): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
