/** Decisions as they come: the newest two hundred, drawn at most four times a second however fast they come. */
import { byId, commandLine, element, setText } from './element.js'
import { ms, timeOf, usd } from './format.js'
import { classChip, confidenceBar, outcomeKind, outcomeWord } from './parts.js'

const ROWS_MAX = 200
const DRAW_MS = 250

const COLUMNS = [
  ['Time', ''],
  ['Class', ''],
  ['Source', 'second'],
  ['Confidence', 'second'],
  ['Worker', 'worker'],
  ['Model', 'third'],
  ['Wait', 'third number'],
  ['Total', 'fourth number'],
  ['Cost', 'second number'],
  ['Outcome', 'result'],
]

export function createDecisions(onOpen) {
  const root = byId('decisions')
  const body = element('tbody')
  const head = element(
    'tr',
    {},
    ...COLUMNS.map(([name, kind]) => element('th', { scope: 'col', class: kind }, name)),
  )
  const table = element('table', { class: 'decisions', hidden: true }, element('thead', {}, head), body)
  const empty = emptyState()
  root.append(empty, table)

  /** Newest first, what is drawn; `waiting` comes on top of it at the next drawing. */
  let drawn = []
  let waiting = []
  let disordered = false
  let paused = false
  let timer

  function add(record) {
    waiting.unshift(record)
    if (waiting.length > ROWS_MAX) waiting.length = ROWS_MAX
    timer ??= setTimeout(draw, DRAW_MS)
  }

  /** What the log holds, after a start or a loss of the line: it may belong between the rows. */
  function addAll(records) {
    const known = new Set([...waiting, ...drawn].map(({ id }) => id))
    const missed = records.filter(({ id }) => !known.has(id))
    if (missed.length === 0) return
    waiting.push(...missed)
    disordered = true
    draw()
  }

  function draw() {
    timer = undefined
    setText(pause, paused ? `Resume${waiting.length > 0 ? ` (${waiting.length} new)` : ''}` : 'Pause')
    if (paused) return
    const kept = [...waiting, ...drawn]
    if (disordered) {
      drawn = kept.toSorted((a, b) => b.at.localeCompare(a.at)).slice(0, ROWS_MAX)
      body.replaceChildren(...drawn.map((record) => rowOf(record, false, onOpen)))
    } else {
      drawn = kept.slice(0, ROWS_MAX)
      body.prepend(...waiting.map((record) => rowOf(record, true, onOpen)))
      while (body.childElementCount > ROWS_MAX) body.lastElementChild.remove()
    }
    waiting = []
    disordered = false
    empty.hidden = drawn.length > 0
    table.hidden = drawn.length === 0
    setText(byId('decisions-sum'), sumOf(drawn))
  }

  const pause = byId('decisions-pause')
  pause.addEventListener('click', () => {
    paused = !paused
    pause.setAttribute('aria-pressed', String(paused))
    draw()
  })

  return { add, addAll }
}

function rowOf(record, fresh, onOpen) {
  const open = element(
    'button',
    { class: 'row-open', type: 'button', 'aria-label': `Decision of ${timeOf(record.at)}: show the journey` },
    timeOf(record.at),
  )
  const model = record.model ?? '–'
  const cells = [
    open,
    classChip(record.class),
    record.source,
    confidenceBar(record.confidence),
    record.worker ?? '–',
    model,
    ms(record.waitMs),
    ms(record.totalMs),
    usd(record.costUsd),
    outcomeWord(record.outcome),
  ]
  return element(
    'tr',
    { class: fresh ? 'fresh' : '', 'data-id': record.id, on: { click: () => onOpen(record.id) } },
    ...cells.map((cell, index) => element('td', { class: COLUMNS[index][1] }, cell)),
  )
}

function sumOf(records) {
  if (records.length === 0) return ''
  const times = records.map(({ totalMs }) => totalMs).toSorted((a, b) => a - b)
  const cost = records.reduce((sum, { costUsd }) => sum + costUsd, 0)
  const counts = { ok: 0, refused: 0, failed: 0 }
  for (const { outcome } of records) counts[outcomeKind(outcome)]++
  const parts = [`newest ${records.length}`, `median ${ms(times[Math.floor(times.length / 2)])}`, usd(cost)]
  if (counts.failed > 0) parts.push(`${counts.failed} failed`)
  if (counts.refused > 0) parts.push(`${counts.refused} refused or cancelled`)
  return parts.join(' · ')
}

function emptyState() {
  const body = `'{"content":"Plan the route through the first gym"}'`
  const url = new URL('api/messages', document.baseURI)
  return element(
    'div',
    { class: 'empty' },
    element('p', {}, 'No message yet. Send one from the box above, or from a shell:'),
    commandLine(`curl ${url} -H 'content-type: application/json' -d ${body}`),
  )
}
