/**
 * What must survive a restart, as ports: implementations live in store/, users are other rooms and observers.
 */

/** An append-only log of JSON values under one name, newest last, trimmed to its newest `keep` entries. */
export interface LogStore {
  /** Durable once resolved, as far as the store promises durability at all. */
  append(entries: readonly { readonly id: string; readonly value: unknown }[]): Promise<void>
  /** The newest `limit` entries, newest first; with `before`, those older than the entry with that id. */
  newest(limit: number, before?: string): Promise<readonly unknown[]>
}

export interface Store {
  readonly kind: string
  /** @param keep how many entries the log holds before the oldest go. */
  log(name: string, keep: number): LogStore
  close(): Promise<void>
}
