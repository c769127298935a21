import { seededRandom } from '../../core/random.ts'
import type { ClassRow } from './train-classes.ts'
import type { RoutingRow } from './train-routing.ts'

/** Sentences put together by a seed, for tests: each class has verbs of its own, the rest says nothing. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  billing: ['refund', 'charge', 'invoice', 'reimburse'],
  shipping: ['deliver', 'track', 'dispatch', 'return'],
  account: ['unlock', 'rename', 'delete', 'verify'],
}
const things = ['my order', 'the last one', 'it', 'everything from May', 'the blue shirt', 'what I asked for']
const openings = ['please', 'could you', 'I want you to', 'can somebody', 'you should', '']

export function classExamples(count: number, seed: number): readonly ClassRow[] {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T
  return Array.from({ length: count }, () => {
    const label = pick(Object.keys(verbs))
    return { label, text: `${pick(openings)} ${pick(verbs[label] ?? [])} ${pick(things)}`.trim() }
  })
}

/** Prompts with "prove" are beyond the weak model; everything else both can do nearly always. */
export function routingExamples(count: number, seed: number): readonly RoutingRow[] {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T
  return Array.from({ length: count }, (_, index) => {
    const hard = random.next() < 0.4
    const verb = hard ? 'prove' : pick(['list', 'say', 'count'])
    const good = (share: number): number => (random.next() < share ? 1 : 0)
    return {
      prompt: `${verb} that ${pick(things)} of case ${index} and ${pick(things)} hold`,
      outcomes: hard ? [good(0.1), good(0.9)] : [good(0.9), good(0.9)],
    }
  })
}
