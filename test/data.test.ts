import { readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConversations, readSentences } from '../bench/conversations/records.ts'
import { requestPlaces } from '../bench/conversations/request.ts'
import { dataTables } from '../scripts/data-card.ts'

const sentences = readSentences()
const conversations = readConversations()
const trainLanguages = ['de', 'en', 'es', 'fr', 'it', 'pt', 'ru', 'zh']
const classes = ['strategic', 'tactical', 'simple']
const domains = ['coding', 'general', 'speedrun']

function counts(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

/** What remains of a text when case, digits, blanks and the mark at its end are taken from it. */
function folded(text: string): string {
  const plain = text.toLowerCase().replaceAll(/\d/g, '0').replaceAll(/\s+/g, ' ').trim()
  return plain.replace(/[\s.!?…。！？]{1,8}$/, '')
}

describe('the sentences', () => {
  it('are many, over three classes, three domains and eight languages', () => {
    expect(sentences.length).toBeGreaterThanOrEqual(1_800)
    const learned = sentences.filter(({ split }) => split !== 'test-language')
    expect(Object.keys(counts(learned.map(({ language }) => language))).toSorted()).toEqual(trainLanguages)
    for (const language of trainLanguages)
      for (const split of ['train', 'held-out'])
        for (const label of classes)
          for (const domain of domains)
            expect(
              learned.some(
                (each) =>
                  each.language === language &&
                  each.split === split &&
                  each.label === label &&
                  each.domain === domain,
              ),
              `${language} ${split} ${label} ${domain}`,
            ).toBe(true)
  })

  it('are balanced: no class, domain or language of training weighs more than half as much again as another', () => {
    const ratio = (values: readonly string[]): number => {
      const all = Object.values(counts(values))
      return Math.max(...all) / Math.min(...all)
    }
    expect(ratio(sentences.map(({ label }) => label))).toBeLessThan(1.5)
    expect(ratio(sentences.map(({ domain }) => domain))).toBeLessThan(1.5)
    const others = sentences.filter(({ language, split }) => language !== 'en' && split !== 'test-language')
    expect(ratio(others.map(({ language }) => language))).toBeLessThan(1.5)
    for (const domain of domains)
      expect(
        ratio(sentences.filter((each) => each.domain === domain).map(({ label }) => label)),
        domain,
      ).toBeLessThan(1.5)
  })

  it('are held out by template: none lends sentences to training and to the test of it', () => {
    const splitsOf = new Map<string, Set<string>>()
    for (const { template, split } of sentences.filter((each) => each.split !== 'test-language'))
      splitsOf.set(template, (splitsOf.get(template) ?? new Set()).add(split))
    expect([...splitsOf].filter(([, splits]) => splits.size > 1)).toEqual([])
    const heldOut = sentences.filter(({ split }) => split === 'held-out')
    expect(new Set(heldOut.map(({ template }) => template)).size).toBeGreaterThanOrEqual(100)
    expect(heldOut.length / sentences.length).toBeGreaterThan(0.15)
  })

  it('keep the test languages out of training', () => {
    const languages = (test: boolean): Set<string> =>
      new Set(
        sentences.filter(({ split }) => (split === 'test-language') === test).map(({ language }) => language),
      )
    expect(languages(true).size).toBeGreaterThanOrEqual(3)
    expect([...languages(true)].filter((language) => languages(false).has(language))).toEqual([])
  })

  it('are told once, also after case and digits are folded', () => {
    const seen = new Map<string, string>()
    const twice: string[] = []
    for (const { text } of sentences) {
      const key = folded(text)
      if (seen.has(key)) twice.push(text)
      seen.set(key, text)
    }
    expect(twice).toEqual([])
  })

  it('carry one class a template', () => {
    const classesOf = new Map<string, Set<string>>()
    for (const { template, label } of sentences)
      classesOf.set(template, (classesOf.get(template) ?? new Set()).add(label))
    expect([...classesOf].filter(([, labels]) => labels.size > 1)).toEqual([])
  })

  it('are as short as one word and as long as a hundred', () => {
    const lengths = sentences.map(({ text }) => text.split(/\s+/).length)
    expect(Math.min(...lengths)).toBe(1)
    expect(Math.max(...lengths)).toBeGreaterThan(90)
    expect(lengths.filter((words) => words <= 3).length).toBeGreaterThan(100)
    expect(lengths.filter((words) => words >= 30).length).toBeGreaterThan(100)
  })
})

describe('the conversations', () => {
  const asks = conversations.flatMap(({ ask }) => ask)

  it('are many, in eight languages, each told once', () => {
    expect(conversations.length).toBeGreaterThanOrEqual(320)
    expect(Object.keys(counts(conversations.map(({ language }) => language))).toSorted()).toEqual(
      trainLanguages,
    )
    expect(new Set(conversations.map(({ id }) => id)).size).toBe(conversations.length)
    expect(new Set(conversations.map(({ turns }) => JSON.stringify(turns))).size).toBe(conversations.length)
  })

  it('ask for enough of each kind', () => {
    const kinds = counts(asks.map(({ kind }) => kind))
    expect(kinds['follow-up']).toBeGreaterThanOrEqual(120)
    expect(kinds['mid-loop']).toBeGreaterThanOrEqual(120)
    expect(kinds['correction']).toBeGreaterThanOrEqual(40)
    expect(kinds['topic-change']).toBeGreaterThanOrEqual(40)
    expect(kinds['pasted']).toBeGreaterThanOrEqual(40)
    expect(kinds['helper']).toBeGreaterThanOrEqual(20)
    expect((kinds['subagent'] ?? 0) + (kinds['compaction'] ?? 0)).toBeGreaterThanOrEqual(20)
  })

  it('ask after events of the client, in order, and nowhere twice', () => {
    for (const conversation of conversations) {
      const places = conversation.ask.map(({ at }) => at)
      expect(places, conversation.id).toEqual([...new Set(places)].toSorted((one, other) => one - other))
      for (const at of places) {
        const event = conversation.turns[at]
        expect(event, conversation.id).toBeDefined()
        expect(event && ('tool_use' in event || ('role' in event && event.role === 'assistant'))).toBe(false)
      }
      expect(requestPlaces(conversation)).toEqual(expect.arrayContaining(places))
    }
  })

  it('change the class with the topic, hold it inside a loop and in what follows', () => {
    for (const { id, ask } of conversations)
      for (const [index, { kind, class: expected }] of ask.entries()) {
        const before = ask[index - 1]?.class
        if (kind === 'topic-change') expect(expected, id).not.toBe(before)
        else if (['mid-loop', 'follow-up', 'correction', 'compaction'].includes(kind))
          expect(expected, id).toBe(before)
        else if (kind === 'helper') expect(expected, id).toBe('simple')
      }
  })

  it('give each tool’s result to a call', () => {
    for (const { id, turns } of conversations)
      for (const [index, event] of turns.entries())
        if ('tool_result' in event) expect(turns[index - 1], id).toHaveProperty('tool_use')
  })

  it('repeat no sentence of training, greetings and thanks apart', () => {
    const known = new Set(sentences.map(({ text }) => folded(text)))
    const said = conversations.flatMap(({ turns }) =>
      turns.flatMap((event) => ('role' in event && event.role === 'user' ? [event.text] : [])),
    )
    expect(said.filter((text) => text.length > 14 && known.has(folded(text)))).toEqual([])
  })

  it('stay a small file', () => {
    expect(statSync(new URL('../data/conversations.jsonl', import.meta.url)).size).toBeLessThan(700_000)
  })
})

describe('the data card', () => {
  it('shows the counts of the data as they are', () => {
    const card = readFileSync(new URL('../data/README.md', import.meta.url), 'utf8')
    expect(card, 'run: node scripts/data-card.ts').toContain(dataTables())
  })
})
