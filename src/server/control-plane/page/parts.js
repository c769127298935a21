/** Small parts that several views show alike. */
import { element } from './element.js'
import { hueOf, ms, percent } from './format.js'

export function classChip(name) {
  const chip = element('span', { class: 'class', title: name }, name)
  chip.style.setProperty('--hue', String(hueOf(name)))
  return chip
}

export function confidenceBar(share) {
  const fill = element('i')
  fill.style.inlineSize = percent(share).replace(' ', '')
  return element(
    'span',
    { class: 'confidence' },
    element('b', { 'aria-hidden': 'true' }, fill),
    percent(share),
  )
}

/** Reasons, the heaviest first; what carries no weight explains the choice of worker. */
export function reasonList(reasons) {
  if (reasons.length === 0)
    return element('p', { class: 'soft' }, 'No signal fired: the fallback class stands.')
  const most = Math.max(1, ...reasons.map(({ weight }) => Math.abs(weight)))
  const rows = reasons
    .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .map(({ signal, detail, weight }) => {
      const fill = element('i')
      fill.style.inlineSize = `${(100 * Math.abs(weight)) / most}%`
      return element(
        'li',
        {},
        element('span', { class: 'signal' }, signal),
        element('span', { class: 'detail' }, detail),
        weight !== 0 && element('b', { 'aria-hidden': 'true' }, fill),
        weight !== 0 && element('span', { class: 'weight' }, signed(weight)),
      )
    })
  return element('ul', { class: 'reasons' }, ...rows)
}

function signed(weight) {
  const size = Math.round(Math.abs(weight) * 100) / 100
  return weight > 0 ? `+${size}` : `−${size}`
}

/** Spans over one axis: where a message's time went. */
export function waterfall(spans) {
  const end = Math.max(1e-6, ...spans.map(({ startMs, durationMs }) => startMs + durationMs))
  const rows = spans.map(({ name, startMs, durationMs, note }) => {
    const bar = element('i', { 'data-span': name })
    bar.style.insetInlineStart = `${(100 * startMs) / end}%`
    bar.style.inlineSize = `${(100 * durationMs) / end}%`
    return element(
      'li',
      {},
      element('span', { class: 'span-name' }, name),
      element('b', { 'aria-hidden': 'true' }, bar),
      element('span', { class: 'span-time' }, ms(durationMs)),
      note && element('span', { class: 'span-note' }, note),
    )
  })
  return element('ol', { class: 'waterfall', 'aria-label': `spans over ${ms(end)}` }, ...rows)
}

/** The codes of docs/errors.md that tell of the request, not of us: the caller's own mistakes, and its going away. */
const REFUSALS = new Set([
  'invalid-message',
  'malformed-json',
  'untranslatable',
  'model-mismatch',
  'upgrade-refused',
  'unauthorized',
  'forbidden',
  'not-found',
  'unknown-model',
  'method-not-allowed',
  'conflict',
  'body-timeout',
  'message-too-large',
  'unsupported-media-type',
  'headers-too-large',
  'cancelled',
  'worker-refused',
])

export function outcomeKind(outcome) {
  if (outcome === 'ok') return 'ok'
  return REFUSALS.has(outcome) ? 'refused' : 'failed'
}

export function outcomeWord(outcome) {
  return element('span', { class: 'outcome', 'data-kind': outcomeKind(outcome) }, outcome)
}

export function problemNote(error) {
  const hint = error.hint ? element('span', { class: 'soft' }, ` ${error.hint}`) : undefined
  return element('p', { class: 'problem', role: 'alert' }, error.message, hint)
}
