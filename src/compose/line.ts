import type { Config } from '../config/schema.ts'
import type { Events } from '../core/events.ts'
import type { System } from '../core/system.ts'
import { Line, type Waiter } from '../engine/line.ts'
import type { ModeKeeper } from '../engine/mode-keeper.ts'
import type { Selector } from '../engine/select.ts'
import type { Vitals } from '../engine/vitals.ts'
import { createPriorityQueue } from '../queue/priority-queue.ts'

interface LineParts {
  readonly events: Events
  readonly selector: Selector
  readonly vitals: Vitals
  readonly mode: ModeKeeper
}

export function composeLine(
  config: Config,
  { clock }: System,
  { events, selector, vitals, mode }: LineParts,
): Line {
  return new Line({
    queue: createPriorityQueue<Waiter>({ capacity: config.queue.capacity }),
    selector,
    clock,
    acquire: (member, tokens) => vitals.acquire(member, tokens),
    backInMs: ({ plan }) => vitals.backInMs(plan.groups.flatMap(({ members }) => members)),
    onQueued: ({ traceId, plan, message }) =>
      events.publish('message-queued', { traceId, lane: plan.key, priority: message.priority }),
    onShed: ({ traceId, message }, code) => {
      events.publish('message-shed', { traceId, priority: message.priority, code })
      if (code === 'queue-full') mode.note('queue-refused')
    },
    onTaken: () => mode.note('queue-took'),
  })
}
