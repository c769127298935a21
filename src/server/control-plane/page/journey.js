/** One message's journey: what it was taken for and why, who was tried, where its time went. */
import { get } from './client.js'
import { byId, element } from './element.js'
import { ms, plural, timeOf, usd } from './format.js'
import { classChip, confidenceBar, outcomeWord, problemNote, reasonList, waterfall } from './parts.js'

export function createJourney() {
  const dialog = byId('journey')
  let asked = ''
  // A click beside the sheet closes it.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })

  async function open(id) {
    asked = id
    draw(element('p', { class: 'soft' }, 'Loading…'))
    if (!dialog.open) dialog.showModal()
    try {
      const trace = await get(`api/traces/${encodeURIComponent(id)}`)
      if (asked === id) draw(...contentOf(trace))
    } catch (error) {
      if (asked === id) draw(problemNote(error))
    }
  }

  function draw(...content) {
    const close = element(
      'button',
      { class: 'button small', type: 'button', on: { click: () => dialog.close() } },
      'Close',
    )
    const title = element('h2', { id: 'journey-title' }, 'Journey')
    dialog.replaceChildren(
      element(
        'div',
        { class: 'sheet' },
        element('header', { class: 'panel-head' }, title, close),
        ...content,
      ),
    )
  }

  return { open }
}

function contentOf({ id, decision, spans }) {
  const asked =
    decision.asked === decision.model ? decision.asked : `${decision.asked} → ${decision.model ?? 'nobody'}`
  const tokens = `${decision.usage.inputTokens} in, ${decision.usage.outputTokens} out`
  return [
    element(
      'p',
      { class: 'judgement' },
      classChip(decision.class),
      confidenceBar(decision.confidence),
      element('span', { class: 'soft' }, `from ${decision.source}`),
      outcomeWord(decision.outcome),
    ),
    element('h3', {}, `Where ${ms(decision.totalMs)} went`),
    spans.length > 0 ? waterfall(spans) : element('p', { class: 'soft' }, 'No spans were recorded.'),
    element('h3', {}, 'Why this class'),
    reasonList(decision.reasons),
    element('h3', {}, plural(decision.attempts.length, 'attempt')),
    element(
      'ul',
      { class: 'attempts' },
      ...decision.attempts.map((attempt) =>
        element(
          'li',
          {},
          element('span', {}, attempt.worker),
          outcomeWord(attempt.outcome),
          element('span', { class: 'soft' }, ms(attempt.ms)),
        ),
      ),
    ),
    element(
      'dl',
      { class: 'facts' },
      ...[
        ['time', timeOf(decision.at)],
        ['model', asked],
        ['route', decision.route ?? 'asked for by name'],
        ['cost', `${usd(decision.costUsd)} (${tokens})`],
        ['session', decision.session ?? '–'],
        ['could not travel', decision.losses.length > 0 ? decision.losses.join(', ') : 'nothing'],
        ['came as', `${decision.kind}, ${plural(decision.textLength, 'character')}`],
        ['trace', id],
      ].map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    ),
  ]
}
