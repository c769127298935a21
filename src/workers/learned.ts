import { LRUCache } from 'lru-cache'
import { FACTS_MAX, type LearnedFact, type Lesson } from '../core/lesson.ts'

/** More models at more servers than a fleet has. */
const PLACES_MAX = FACTS_MAX / 8
/** A model that refuses more than this is not the one that its card describes: the newest refusals are kept. */
const LESSONS_MAX = 8

/** What models at servers refuse that their cards do not tell; bounded, the place unused for longest goes. */
export interface Learned {
  /** The newest of what is about the same field and value stands. @returns false when it was known. */
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
      if (facts.some(({ lesson }) => isSame(lesson, fact.lesson))) return false
      const others = facts.filter(({ lesson }) => !isAbout(lesson, fact.lesson))
      places.set(place, [...others.slice(1 - LESSONS_MAX), fact])
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

function isAbout({ path, when }: Lesson, other: Lesson): boolean {
  return JSON.stringify([path, when]) === JSON.stringify([other.path, other.when])
}
