import type { Bound } from './request-shape.ts'

/** What a kind of block, or of item, means for a move to another model. */
export interface BlockKind {
  /** A picture or a document. */
  readonly media?: true
  readonly bound?: Bound
  /** A tool that the vendor runs is called; answered when a block that `answers` names the call's id. */
  readonly calls?: true
  readonly answers?: true
  /** It sets an effort from here on. */
  readonly setsEffort?: true
}

/** The kinds that a protocol's conversations hold. What is not among them could hide anything. */
export type BlockKinds = (type: string) => BlockKind | undefined

export function kindsOf(kinds: Readonly<Record<string, BlockKind>>): BlockKinds {
  const table = new Map(Object.entries(kinds))
  return (type) => table.get(type)
}

/** Words and calls that any model reads. */
export const plainKind: BlockKind = {}
export const mediaKind: BlockKind = { media: true }
