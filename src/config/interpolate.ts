import type { Path } from './later.ts'
import type { Problem } from './problems.ts'

/**
 * Fills in `${NAME}` (environment) and `${file:/path}` (a file's text without its last line break) in every string;
 * `$${` stands for `${` itself. What was filled in may be a secret: the paths are remembered, and no error shows a
 * value. Also refuses the keys that reach an object's prototype.
 */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** @returns the text, or in words why it cannot be read. */
  readonly file: (path: string) => { readonly text: string } | { readonly refusal: string }
}

export interface Interpolated {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Is the value at this path made of something filled in? */
  readonly isSecret: (path: Path) => boolean
}

/** Deeper than any key of the schema, and more groups and lists than any sensible fleet has. */
const DEPTH_MAX = 32
const GROUPS_MAX = 50_000
const pattern = /\$\$\{|\$\{([^{}]*)\}/g
const unsafeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export function interpolate(root: unknown, sources: Sources | undefined): Interpolated {
  const problems: Problem[] = []
  const secrets = new Set<string>()
  let groups = 0

  function fill(text: string, path: Path): string {
    if (!text.includes('${')) return text
    return text.replace(pattern, (whole, name: string | undefined) => {
      if (name === undefined) return sources === undefined ? whole : '${'
      secrets.add(keyOf(path))
      const found = sources === undefined ? asWritten(whole, name) : lookUp(name, sources)
      if ('text' in found) return found.text
      problems.push({ path, message: found.refusal })
      return ''
    })
  }

  function walk(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return fill(value, path)
    if (typeof value !== 'object' || value === null) return value
    if (path.length >= DEPTH_MAX) {
      problems.push({ path, message: `is nested more than ${DEPTH_MAX} deep` })
      return undefined
    }
    if (++groups === GROUPS_MAX) problems.push({ path, message: 'has too many values in it' })
    if (groups >= GROUPS_MAX) return undefined
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, index]))
    const filled: Record<string, unknown> = {}
    for (const [key, entry] of Object.entries(value)) {
      if (unsafeKeys.has(key))
        problems.push({ path: [...path, key], message: 'not allowed as a name', atKey: true })
      // In an object of the library, undefined is the same as left out.
      else if (entry !== undefined) filled[key] = walk(entry, [...path, key])
    }
    return filled
  }

  const value = walk(root, [])
  return { value, problems, isSecret: (path) => secrets.has(keyOf(path)) }
}

type Found = { readonly text: string } | { readonly refusal: string }

function lookUp(name: string, sources: Sources): Found {
  if (name.startsWith('file:')) return sources.file(name.slice('file:'.length))
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return { refusal: 'has a ${…} that is neither ${NAME} nor ${file:/path}; write $${ for a plain ${' }
  const text = sources.env[name]
  if (text === undefined) return { refusal: `needs the environment variable ${name}, which is not set` }
  if (text === '') return { refusal: `needs the environment variable ${name}, which is empty` }
  return { text }
}

/** The library's object is no file: there, a placeholder is a slip that would travel as if it were the key. */
function asWritten(whole: string, name: string): Found {
  if (!/^([A-Za-z_][A-Za-z0-9_]*|file:.*)$/.test(name)) return { text: whole }
  return { refusal: 'has a ${…}, which is filled in only in signalbox.yaml; pass the value itself' }
}

function keyOf(path: Path): string {
  return JSON.stringify(path)
}
