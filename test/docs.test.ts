import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedPages } from '../scripts/docs.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('the reference pages', () => {
  for (const [path, text] of Object.entries(generatedPages()))
    it(`${path} says what the code says`, () => {
      expect(read(path), `${path} is not what the code says; run: npm run docs`).toBe(text)
    })

  it('docs/protocols.md has a reason for everything that is not sent', () => {
    expect(read('docs/protocols.md')).not.toMatch(/not sent(?!:)/)
  })

  it('docs/events.md has a row for each event, and for nothing else', () => {
    const source = read('src/core/events.ts')
    const body = source.slice(
      source.indexOf('interface EngineEvents {'),
      source.indexOf('export type EventName'),
    )
    const events = [...body.matchAll(/^ {2}'([a-z-]+)': \{/gm)].map(([, name]) => name)
    expect(events.length).toBeGreaterThan(5)
    const rows = [...read('docs/events.md').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)
    expect(rows.toSorted()).toEqual(events.toSorted())
  })

  it('link only to what is there', () => {
    const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`)
    for (const page of [...pages, 'README.md', 'CONTRIBUTING.md'])
      for (const [, link = ''] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g))
        expect(existsSync(join(root, dirname(page), link)), `${page} links to ${link}`).toBe(true)
  })

  it('docs/decisions lists every decision', () => {
    const pages = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d{4}-.+\.md$/.test(name))
    const list = read('docs/decisions/0001-record-decisions.md').split('## All decisions')[1] ?? ''
    expect(list.match(/^\d+\. /gm) ?? []).toHaveLength(pages.length)
    for (const page of pages.slice(1)) expect(list).toContain(`](${page})`)
  })

  it('docs/glossary.md has the founding names', () => {
    const glossary = read('docs/glossary.md')
    for (const name of [
      'MessageClassifier',
      'MessageRouter',
      'PriorityQueue',
      'RoutingStrategy',
      'RoutingIntegration',
      'ClaudeCodeManager',
    ])
      expect(glossary).toContain(name)
  })
})
