/** The fleet: pools, their workers, the slots of each. Cards are kept and changed, so that focus and pointer stay. */
import { post } from './client.js'
import { byId, element, setText } from './element.js'
import { plural } from './format.js'

/** More slots than this are a bar, not dots. */
const DOTS_MAX = 16
/** A pool of a thousand workers shows its first ones; the sum counts all. */
const CARDS_MAX = 60
const CARDS_PER_ROW = 5
/** A button that waits for its second press forgets the first one after this. */
const ARMED_MS = 5_000

export function createFleet(onProblem) {
  const root = byId('fleet')
  const pools = new Map()

  function show(workers) {
    const byPool = Map.groupBy(workers, (worker) => worker.pool)
    for (const [name, pool] of pools) {
      if (byPool.has(name)) continue
      pool.row.remove()
      pools.delete(name)
    }
    for (const [name, members] of byPool) {
      let pool = pools.get(name)
      if (!pool) {
        pool = createPool(name, onProblem)
        pools.set(name, pool)
        root.append(pool.row)
      }
      pool.show(members)
    }
    setText(byId('fleet-sum'), sumOf(workers))
    showEmpty(root, workers.length === 0)
  }

  return { show }
}

function sumOf(workers) {
  if (workers.length === 0) return ''
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0)
  const inFlight = workers.reduce((sum, worker) => sum + worker.inFlight, 0)
  return `${plural(workers.length, 'worker')} · ${inFlight} of ${plural(slots, 'slot')} in use`
}

function showEmpty(root, empty) {
  const shown = root.querySelector('.empty')
  if (!empty) shown?.remove()
  if (!empty || shown) return
  root.append(
    element(
      'div',
      { class: 'empty' },
      element('p', {}, 'No workers yet. Name some in signalbox.yaml and start again:'),
      element(
        'pre',
        {},
        'pools:\n  try: { workers: [{ kind: simulated, count: 2 }] }\nroutes: { tactical: [try] }',
      ),
    ),
  )
}

function createPool(name, onProblem) {
  const sum = element('p', { class: 'soft' })
  const more = element('p', { class: 'soft', hidden: true })
  const grid = element('ul', { class: 'cards' })
  const row = element(
    'section',
    { class: 'pool', 'aria-label': `pool ${name}` },
    element('div', { class: 'pool-name' }, element('h3', {}, name), sum),
    grid,
    more,
  )
  const cards = new Map()

  function show(members) {
    const shown = members.slice(0, CARDS_MAX)
    const ids = new Set(shown.map(({ id }) => id))
    for (const [id, card] of cards) {
      if (ids.has(id)) continue
      card.node.remove()
      cards.delete(id)
    }
    for (const worker of shown) {
      let card = cards.get(worker.id)
      if (!card) {
        card = createCard(worker.id, onProblem)
        cards.set(worker.id, card)
        grid.append(card.node)
      }
      card.show(worker)
    }
    // As wide as its cards, up to a row of five.
    row.style.setProperty('--cards', String(Math.min(shown.length, CARDS_PER_ROW)))
    const inFlight = members.reduce((total, worker) => total + worker.inFlight, 0)
    setText(sum, `${plural(members.length, 'worker')} · ${inFlight} in flight`)
    more.hidden = members.length <= CARDS_MAX
    setText(more, `and ${members.length - CARDS_MAX} more`)
  }

  return { row, show }
}

function createCard(id, onProblem) {
  const state = element('span', { class: 'state' })
  const model = element('p', { class: 'model' })
  const slots = element('div', { class: 'slots', role: 'img' })
  const use = element('span', { class: 'use' })
  const breaker = element('span', { class: 'breaker' })
  const button = element('button', { class: 'button small', type: 'button' })
  let draining = false
  let armed
  function arm(on) {
    clearTimeout(armed)
    armed = on ? setTimeout(() => arm(false), ARMED_MS) : undefined
    button.classList.toggle('armed', on)
    showButton()
  }
  function showButton() {
    if (draining) name('Take back', `Take back ${id}`)
    else if (armed === undefined) name('Drain', `Drain ${id}`)
    else name('Sure?', `Sure? Drain ${id}`)
  }
  function name(text, label) {
    setText(button, text)
    if (button.getAttribute('aria-label') !== label) button.setAttribute('aria-label', label)
  }
  button.addEventListener('blur', () => arm(false))
  button.addEventListener('click', async () => {
    // Draining takes work from a worker: one slip of the pointer must not do it.
    if (!draining && armed === undefined) {
      arm(true)
      return
    }
    arm(false)
    button.disabled = true
    try {
      show(await post(`api/workers/${encodeURIComponent(id)}/${draining ? 'undrain' : 'drain'}`, {}))
    } catch (error) {
      onProblem(error)
    }
    button.disabled = false
  })
  const node = element(
    'li',
    { class: 'card', 'data-worker': id },
    element('div', { class: 'card-head' }, element('h4', {}, id), state),
    model,
    element('div', { class: 'card-slots' }, slots, use),
    element('div', { class: 'card-foot' }, breaker, button),
  )

  function show(worker) {
    draining = worker.draining
    const word = draining ? 'draining' : worker.state
    state.dataset.state = word
    setText(state, word)
    setText(model, worker.model)
    model.title = `${worker.kind} · ${worker.model}`
    showSlots(slots, worker)
    setText(use, `${worker.inFlight}/${worker.slots}`)
    slots.setAttribute('aria-label', `${worker.inFlight} of ${plural(worker.slots, 'slot')} in use`)
    breaker.dataset.breaker = worker.breaker
    setText(breaker, `breaker ${worker.breaker}`)
    showButton()
  }

  return { node, show }
}

function showSlots(root, { slots, inFlight }) {
  const parts = slots > DOTS_MAX ? 1 : slots
  root.classList.toggle('bar', slots > DOTS_MAX)
  while (root.childElementCount > parts) root.lastElementChild.remove()
  while (root.childElementCount < parts) root.append(element('i'))
  if (slots > DOTS_MAX) root.firstElementChild.style.inlineSize = `${(100 * inFlight) / slots}%`
  else
    for (const [index, dot] of [...root.children].entries()) dot.classList.toggle('taken', index < inFlight)
}
