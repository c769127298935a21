import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Path } from './later.ts'
import type { Problem } from './problems.ts'

/**
 * The text of signalbox.yaml as plain values, and where in the text each of them stands. Sentences are our own: the
 * parser's quote the text, which may hold secrets. Names are checked for doubles here, in one pass: the parser's own
 * check is quadratic (80 s for 60,000 names).
 */
export interface YamlSource {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Where the key or value at `path` stands; the nearest thing around it when it is not there. */
  locate(path: Path, atKey: boolean): { readonly line: number; readonly column: number }
}

/** How often anchors may be repeated, all in all: a few lines of aliases can stand for gigabytes. */
const ALIASES_MAX = 100

export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: Problem[] = [...document.errors, ...document.warnings]
    .slice(0, 100)
    .map((error) => ({ path: [], message: sentence(error), ...place(error.pos[0]) }))
  if (problems.length === 0)
    for (const { offset, message } of keyFaults(document))
      problems.push({ path: [], message, ...place(offset) })

  let value: unknown
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: ALIASES_MAX })
    } catch {
      // Only aliases make it throw: one without an anchor, or too many.
      problems.push({ path: [], message: `has an unknown alias, or more than ${ALIASES_MAX} of them` })
    }
  }
  return { value, problems, locate: (path, atKey) => place(offsetOf(document, path, atKey)) }
}

const sentences: Partial<Record<YAMLError['code'], string>> = {
  BAD_ALIAS: 'is not valid YAML: an alias is malformed',
  BAD_DIRECTIVE: 'is not valid YAML: unknown directive',
  BAD_DQ_ESCAPE: 'is not valid YAML: unknown escape in a double-quoted text',
  BAD_INDENT: 'is not valid YAML: wrong indentation, or a bracket is not closed',
  BAD_SCALAR_START: 'is not valid YAML: a text that starts like this needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'is not valid YAML: two keys on one line, or wrong indentation',
  BLOCK_IN_FLOW: 'is not valid YAML: wrong indentation inside brackets',
  MISSING_CHAR: 'is not valid YAML: a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'is not valid YAML: a key must stand on one line; is a colon missing?',
  MULTIPLE_DOCS: 'must be one YAML document',
  RESOURCE_EXHAUSTION: 'is nested too deep',
  TAB_AS_INDENT: 'is not valid YAML: indent with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'has a YAML tag that is not known here',
  UNEXPECTED_TOKEN: 'is not valid YAML: unexpected character',
}

function sentence(error: YAMLError): string {
  return sentences[error.code] ?? 'is not valid YAML'
}

function keyFaults(document: Document): readonly { offset: number; message: string }[] {
  const faults: { offset: number; message: string }[] = []
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>()
      for (const pair of map.items) {
        const offset = startOf(pair.key)
        if (!isScalar(pair.key)) faults.push({ offset, message: 'a key must be plain text' })
        else if (seen.has(String(pair.key.value)))
          faults.push({ offset, message: 'the same key stands here twice' })
        else seen.add(String(pair.key.value))
      }
    },
  })
  return faults
}

function offsetOf(document: Document, path: Path, atKey: boolean): number {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const [index, part] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node
    const last = index === path.length - 1
    if (isMap(container)) {
      const pair = container.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === part)
      if (!isPair(pair)) return offset
      node = pair.value
      offset = (last && atKey) || !hasText(node) ? startOf(pair.key) : startOf(node)
    } else if (isSeq(container) && typeof part === 'number' && container.items[part] !== undefined) {
      node = container.items[part]
      offset = startOf(node)
    } else return offset
  }
  return offset
}

/** A value that was left empty has no place of its own. */
function hasText(node: unknown): node is Node {
  return isNode(node) && !(isScalar(node) && node.source === '')
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}
