/** Counts the authored data: `node scripts/data-card.ts` prints the tables that data/README.md shows. */
import {
  type AuthoredConversation,
  type AuthoredSentence,
  readConversations,
  readSentences,
} from '../bench/conversations/records.ts'

const classes = ['strategic', 'tactical', 'simple'] as const
const splits = ['train', 'held-out', 'test-language'] as const

export function dataTables(): string {
  const sentences = readSentences()
  const conversations = readConversations()
  return [
    sentenceTable('domain', sentences, ({ domain }) => domain),
    sentenceTable('language', sentences, ({ language }) => language),
    splitTable(sentences),
    conversationTable(conversations),
    askTable(conversations),
  ].join('\n\n')
}

function sentenceTable(
  title: string,
  sentences: readonly AuthoredSentence[],
  groupOf: (sentence: AuthoredSentence) => string,
): string {
  const rows = groups(sentences, groupOf).map(([group, those]) => [
    group,
    ...classes.map((label) => those.filter((sentence) => sentence.label === label).length),
    those.length,
  ])
  return table([title, ...classes, 'all'], rows)
}

function splitTable(sentences: readonly AuthoredSentence[]): string {
  const rows = splits.map((split) => {
    const those = sentences.filter((sentence) => sentence.split === split)
    return [split, those.length, new Set(those.map(({ template }) => template)).size]
  })
  return table(['split', 'sentences', 'templates'], rows)
}

function conversationTable(conversations: readonly AuthoredConversation[]): string {
  const rows = groups(conversations, ({ language }) => language).map(([language, those]) => [
    language,
    those.length,
    those.reduce((sum, { ask }) => sum + ask.length, 0),
  ])
  return table(['language', 'conversations', 'requests asked about'], rows)
}

function askTable(conversations: readonly AuthoredConversation[]): string {
  const asks = conversations.flatMap(({ ask }) => ask)
  const rows = groups(asks, ({ kind }) => kind).map(([kind, those]) => [
    kind,
    ...classes.map((label) => those.filter((ask) => ask.class === label).length),
    those.length,
  ])
  return table(['kind of request', ...classes, 'all'], rows)
}

/** The largest group first. */
function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly [string, readonly Row[]][] {
  return Object.entries(Object.groupBy(rows, keyOf))
    .map(([key, those = []]): [string, readonly Row[]] => [key, those])
    .sort(([, one], [, other]) => other.length - one.length)
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

if (import.meta.main) console.log(dataTables())
