/** The queue: how many wait at each priority, for how long, and how fast messages go through. */
import { byId, element, setText } from './element.js'
import { ms } from './format.js'

const PRIORITIES = ['critical', 'high', 'normal', 'low']

export function createQueue() {
  const depth = element('strong', {}, '–')
  const capacity = element('span', { class: 'soft' })
  const facts = {
    perSecond: factOf('per second'),
    averageWaitMs: factOf('average wait'),
    oldestMs: factOf('oldest'),
  }
  const lanes = new Map(PRIORITIES.map((name) => [name, createLane(name)]))
  byId('queue').append(
    element('p', { class: 'figure' }, depth, ' waiting ', capacity),
    element('dl', { class: 'facts' }, ...Object.values(facts).map((fact) => fact.node)),
    element('ul', { class: 'lanes' }, ...[...lanes.values()].map((lane) => lane.node)),
  )

  function show(queue) {
    setText(depth, String(queue.depth))
    setText(capacity, `of ${queue.capacity.toLocaleString()}`)
    setText(facts.perSecond.value, queue.perSecond.toFixed(queue.perSecond < 10 ? 1 : 0))
    setText(facts.averageWaitMs.value, ms(queue.averageWaitMs))
    setText(facts.oldestMs.value, queue.depth === 0 ? '–' : ms(queue.oldestMs))
    const most = Math.max(1, ...Object.values(queue.byPriority))
    for (const [name, lane] of lanes) lane.show(queue.byPriority[name] ?? 0, most)
  }

  return { show }
}

function factOf(name) {
  const value = element('dd', {}, '–')
  return { value, node: element('div', {}, element('dt', {}, name), value) }
}

function createLane(name) {
  const fill = element('i')
  const count = element('span', { class: 'count' }, '0')
  const node = element(
    'li',
    { 'data-priority': name },
    element('span', {}, name),
    element('b', {}, fill),
    count,
  )
  return {
    node,
    show(waiting, most) {
      fill.style.inlineSize = `${(100 * waiting) / most}%`
      setText(count, String(waiting))
    },
  }
}
