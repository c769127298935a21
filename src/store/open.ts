import type { Store } from '../core/store.ts'
import type { System } from '../core/system.ts'
import { memoryStore } from './memory.ts'

/** Where what must survive is kept: a file, or nowhere. */
export type StoreOptions = { readonly path: string } | { readonly memory: true }

/**
 * Opens the store. SQLite is loaded only where a file is asked for: a run without one pays nothing for it.
 * @throws SignalboxError store-failed, with what to do about it.
 */
export async function openStore(options: StoreOptions, system: System): Promise<Store> {
  if ('memory' in options) return memoryStore()
  const { sqliteStore } = await import('./sqlite.ts')
  return sqliteStore(options.path, system)
}
