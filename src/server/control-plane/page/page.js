/** The page: one feed in, four views out. */
import { get, listen, useKey } from './client.js'
import { createDecisions } from './decisions.js'
import { byId, setText } from './element.js'
import { createFleet } from './fleet.js'
import { createJourney } from './journey.js'
import { createQueue } from './queue.js'
import { createTryBox } from './try-box.js'

const NOTICE_MS = 8_000
const LINK_WORDS = { live: 'live', lost: 'reconnecting…', denied: 'a key is wanted' }

const fleet = createFleet(notify)
const queue = createQueue()
const journey = createJourney()
const decisions = createDecisions(journey.open)
createTryBox()
askForKey()
void listen('api/events', onEvent, onLink)

function onEvent(name, data) {
  if (name === 'snapshot') {
    fleet.show(data.workers)
    queue.show(data.queue)
    showVitals(data)
  } else if (name === 'decision') {
    decisions.add(data)
  }
}

async function onLink(state) {
  const link = byId('link')
  link.dataset.link = state
  setText(link, LINK_WORDS[state])
  document.body.classList.toggle('stale', state !== 'live')
  if (state !== 'live') return
  try {
    decisions.addAll((await get('api/decisions?limit=200')).decisions)
  } catch (error) {
    notify(error)
  }
}

function showVitals({ mode, ready }) {
  const word = ready ? 'ready' : 'not ready'
  const readiness = byId('ready')
  readiness.dataset.state = ready ? 'healthy' : 'unavailable'
  setText(readiness, word)
  const shown = byId('mode')
  shown.hidden = false
  shown.dataset.state = { normal: 'healthy', degraded: 'degraded', emergency: 'unavailable' }[mode]
  setText(shown, `${mode} mode`)
  document.title = ready && mode === 'normal' ? 'Signalbox' : `${ready ? mode : word} · Signalbox`
}

let noticeTimer
function notify(error) {
  const notice = byId('notice')
  notice.hidden = false
  setText(notice, [error.message, error.hint].filter(Boolean).join(' '))
  clearTimeout(noticeTimer)
  noticeTimer = setTimeout(() => {
    notice.hidden = true
  }, NOTICE_MS)
}

function askForKey() {
  const dialog = byId('key')
  addEventListener('key-wanted', () => {
    if (!dialog.open) dialog.showModal()
  })
  byId('key-form').addEventListener('submit', () => {
    useKey(byId('key-text').value)
    byId('key-text').value = ''
    dispatchEvent(new Event('key-given'))
  })
}
