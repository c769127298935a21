import { SignalboxError } from '../core/errors.ts'

interface Words {
  readonly says: string
  readonly mend?: string
}

const broken: Words = {
  says: 'is damaged, or no state file of Signalbox',
  mend: 'Move it away and start again: a new one is made. Its history is lost unless you have a copy.',
}
const forbidden: Words = {
  says: 'may not be read and written by this user',
  mend: 'Give this user the right to write it and its folder, or set store.path.',
}
const readOnly: Words = {
  says: 'is read-only',
  mend: 'Make it and its folder writable, or set store.path.',
}
const full: Words = { says: 'cannot grow: the disk is full', mend: 'Make room on the disk.' }

/** SQLite's primary result codes (the low byte; https://www.sqlite.org/rescode.html) and the system's own. */
const wordsOf: Readonly<Record<string, Words>> = {
  8: readOnly,
  11: broken,
  13: full,
  14: { says: 'cannot be opened', mend: 'Check that its folder exists and is writable, or set store.path.' },
  26: broken,
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: readOnly,
  ENOSPC: full,
  EDQUOT: full,
  ENOTDIR: { says: 'cannot be made: a part of its path is a file', mend: 'Set store.path.' },
  EEXIST: { says: 'cannot be made: a part of its path is a file', mend: 'Set store.path.' },
  ENOENT: { says: 'cannot be made: its folder cannot be made', mend: 'Set store.path.' },
  ENAMETOOLONG: { says: 'has too long a name', mend: 'Set store.path.' },
  EMFILE: { says: 'cannot be opened: too many files are open', mend: 'Raise the limit (ulimit -n).' },
}

/** What went wrong with the state file, in words that say what to do; the original is the cause. */
export function storeFailure(path: string, cause: unknown): SignalboxError {
  if (SignalboxError.is(cause)) return cause
  const words = wordsOf[codeOf(cause)]
  return stateFileError(path, words?.says ?? 'cannot be read or written', words?.mend, cause)
}

export function stateFileError(path: string, says: string, mend?: string, cause?: unknown): SignalboxError {
  return new SignalboxError('store-failed', `the state file ${path} ${says}`, {
    path: 'store.path',
    ...(mend === undefined ? {} : { hint: mend }),
    ...(cause === undefined ? {} : { cause }),
  })
}

/** True when another connection has the file. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === '5' || codeOf(error) === '6'
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('errcode' in error && typeof error.errcode === 'number') return String(error.errcode & 0xff)
  return 'code' in error ? String(error.code) : ''
}
