import { styleText } from 'node:util'

/** What a person sees: colour only on a terminal and without NO_COLOR, tables, one line of progress. */
type Colour = Parameters<typeof styleText>[0]

/** Colours for standard output; plain text where nobody would see them. */
export function paint(colour: Colour, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  const plain = !stream.isTTY || (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb'
  return plain ? text : styleText(colour, text, { validateStream: false })
}

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Columns two blanks apart, a title line above; no line ends in blanks. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[index] ?? '')), widthOf(title)),
  )
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const cell = cells[index] ?? ''
        const gap = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)))
        return align === 'right' ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd()
  const title = line(columns.map((column) => column.title))
  return [paint('dim', title), ...rows.map(line)].join('\n')
}

/** Facts one a line, their names in a column of their own. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${value}`).join('\n')
}

/** Code points stand for columns here: what is shown is names and numbers. */
function widthOf(text: string): number {
  return [...text].length
}

/** One line of text that a terminal survives, whatever it holds. */
export function oneLine(text: string, charsMax = 200): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
  return clean.length > charsMax ? `${clean.slice(0, charsMax - 1)}…` : clean
}

export interface Progress {
  step(done: number): void
  end(): void
}

/** A bar on standard error, so that standard output stays clean; silent where nobody watches. */
export function progress(
  label: string,
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
): Progress {
  if (!stream.isTTY || total < 1) return { step() {}, end() {} }
  const width = 30
  return {
    step(done) {
      const filled = Math.round((Math.min(done, total) / total) * width)
      stream.write(`\r${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`)
    },
    end() {
      stream.write('\r\x1b[K')
    },
  }
}

/** The one JSON document of --json: laid out for a person, on one line for a pipe. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : 0)}\n`)
}

/** A share of 1 with one decimal. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
