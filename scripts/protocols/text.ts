/** Pieces of Markdown that the page of the protocols is made of. */

/** As code in a cell of a table. */
export function code(text: string): string {
  return `\`${text.replaceAll('`', '’').replaceAll('|', '\\|')}\``
}

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n')
}
