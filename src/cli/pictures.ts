import type { Bin } from '../classify/evaluate/calibration-bins.ts'
import { table } from './terminal.ts'

const WIDTH = 30

/** A bar a tenth of confidence: how often it was right, and a mark where it would be if confidence were the truth. */
export function calibrationPicture(bins: readonly Bin[]): string {
  const rows = bins.flatMap(({ rows: count, confidence, accuracy }, index) =>
    count === 0
      ? []
      : [
          [
            `${index * 10}–${index * 10 + 10} %`,
            String(count),
            markedBar(accuracy, confidence),
            `${Math.round(accuracy * 100)} %`,
          ],
        ],
  )
  const title = 'right (█) beside confidence (│)'
  return table(
    [
      { title: 'confidence' },
      { title: 'rows', align: 'right' },
      { title },
      { title: 'right', align: 'right' },
    ],
    rows,
  )
}

function markedBar(length: number, mark: number): string {
  const filled = Math.round(length * WIDTH)
  const at = Math.min(WIDTH - 1, Math.round(mark * WIDTH))
  const cells = Array.from({ length: WIDTH }, (_, cell): string => (cell < filled ? '█' : '░'))
  cells[at] = '│'
  return cells.join('')
}
