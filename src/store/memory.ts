import { SignalboxError } from '../core/errors.ts'
import type { LogStore, Store } from '../core/store.ts'
import { checkKeep, checkName, wholeLimit } from './log-arguments.ts'

interface Entry {
  readonly id: string
  readonly value: unknown
}

/**
 * Keeps everything in this process: for tests, `demo` and libraries that want no files. Values are kept by
 * reference, so they must not change after they were appended. Appending is O(1) amortised: the oldest entries go
 * when twice as many as wanted have gathered.
 */
export function memoryStore(): Store {
  const logs = new Map<string, Entry[]>()
  let closed = false

  function open(): void {
    if (closed) throw new SignalboxError('store-failed', 'the store is closed')
  }

  function logOf(name: string, keep: number): LogStore {
    checkName(name)
    checkKeep(keep)
    const entries = logs.get(name) ?? []
    logs.set(name, entries)
    return Object.freeze<LogStore>({
      async append(added) {
        open()
        for (const { id, value } of added) entries.push({ id, value })
        if (entries.length > 2 * keep) entries.splice(0, entries.length - keep)
      },
      async newest(limit, before) {
        open()
        const oldest = Math.max(0, entries.length - keep)
        const end = before === undefined ? entries.length : entries.findLastIndex(({ id }) => id === before)
        const page: unknown[] = []
        for (let at = end - 1; at >= oldest && page.length < wholeLimit(limit); at--)
          page.push(entries[at]?.value)
        return page
      },
    })
  }

  return Object.freeze<Store>({
    kind: 'memory',
    log: logOf,
    async close() {
      closed = true
      logs.clear()
    },
  })
}
