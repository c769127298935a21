/** The try box: explains a sentence as it is typed, and sends it when asked to. */
import { post } from './client.js'
import { byId, element } from './element.js'
import { ms, usd } from './format.js'
import { classChip, confidenceBar, problemNote, reasonList, waterfall } from './parts.js'

const EXAMPLES = [
  'Compare the two approaches and recommend a strategy',
  'Write a function that parses the log and add a test',
  'Translate “good morning” into French',
]
/** Explaining begins when the typing rests for so long. */
const REST_MS = 350
const ALTERNATIVES_MAX = 5

export function createTryBox() {
  const form = byId('try-form')
  const text = byId('try-text')
  const result = byId('try-result')
  const send = byId('try-send')
  let timer
  /** Answers of an older question are dropped. */
  let question = 0
  let sending

  result.append(element('p', { class: 'soft' }, 'The explanation appears here.'))
  byId('try-examples').append(
    ...EXAMPLES.map((example) =>
      element('button', { class: 'chip', type: 'button', on: { click: () => ask(example) } }, example),
    ),
  )
  text.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(explain, REST_MS)
  })
  text.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    explain()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    explain()
  })
  send.addEventListener('click', () => (sending ? sending.abort() : sendForReal()))

  function ask(example) {
    text.value = example
    explain()
  }

  async function explain() {
    clearTimeout(timer)
    const sentence = text.value.trim()
    if (sentence === '') {
      question++
      result.replaceChildren(element('p', { class: 'soft' }, 'Write a sentence first.'))
      return
    }
    const mine = ++question
    try {
      const [classified, routed] = await Promise.all([
        post('api/classify', { text: sentence }),
        post('api/route', { text: sentence }),
      ])
      if (mine === question) result.replaceChildren(...explanationOf(classified, routed))
    } catch (error) {
      if (mine === question) result.replaceChildren(problemNote(error))
    }
  }

  async function sendForReal() {
    const sentence = text.value.trim()
    if (sentence === '') {
      text.focus()
      return
    }
    clearTimeout(timer)
    const mine = ++question
    sending = new AbortController()
    send.textContent = 'Cancel'
    result.replaceChildren(element('p', { class: 'soft waiting' }, 'On its way…'))
    try {
      const reply = await post('api/messages', { content: sentence }, sending.signal)
      if (mine === question) result.replaceChildren(...replyOf(reply))
    } catch (error) {
      const note =
        error.name === 'AbortError' ? element('p', { class: 'soft' }, 'Cancelled.') : problemNote(error)
      if (mine === question) result.replaceChildren(note)
    }
    sending = undefined
    send.textContent = 'Send for real'
  }
}

function explanationOf(classified, { decision, alternatives }) {
  return [
    element(
      'p',
      { class: 'judgement' },
      classChip(decision.class),
      confidenceBar(decision.confidence),
      element('span', { class: 'soft' }, `from ${classified.source}, in ${ms(classified.micros / 1_000)}`),
    ),
    reasonList(decision.reasons),
    element(
      'p',
      { class: 'would' },
      decision.worker === null
        ? 'No worker could answer now.'
        : element('span', {}, element('strong', {}, decision.worker), ` would answer with ${decision.model}`),
    ),
    alternatives.length > 0 && alternativesOf(alternatives),
  ].filter(Boolean)
}

function alternativesOf(alternatives) {
  const rows = alternatives
    .slice(0, ALTERNATIVES_MAX)
    .map(({ worker, score, why }) =>
      element(
        'li',
        {},
        element('span', {}, worker),
        element('span', { class: 'soft' }, why),
        element('span', { class: 'weight' }, score.toFixed(2)),
      ),
    )
  const rest = alternatives.length - rows.length
  return element(
    'details',
    {},
    element('summary', {}, `Else one of ${alternatives.length}`),
    element('ul', { class: 'alternatives' }, ...rows),
    rest > 0 && element('p', { class: 'soft' }, `and ${rest} more`),
  )
}

function replyOf({ text, decision, usage, costUsd, trace }) {
  const last = trace.spans.at(-1)
  const total = last ? last.startMs + last.durationMs : 0
  return [
    element(
      'p',
      { class: 'judgement' },
      classChip(decision.class),
      element('span', {}, element('strong', {}, decision.worker ?? '–'), ` answered with ${decision.model}`),
    ),
    element('blockquote', { class: 'reply' }, text === '' ? '(no text)' : text),
    waterfall(trace.spans),
    element(
      'p',
      { class: 'soft' },
      `${usage.inputTokens} tokens in, ${usage.outputTokens} out · ${usd(costUsd)} · ${ms(total)}`,
    ),
  ]
}
