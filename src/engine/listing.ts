/** What may be asked for by name: auto, then routes, pools and models. A name that stands twice is listed once. */
import type { ModelListing } from '../core/engine.ts'
import type { Plan, Plans } from './plan.ts'

const AUTO: ModelListing = { id: 'auto', kind: 'auto', description: 'Understood and routed by its class' }

export function modelListings(plans: Plans): readonly ModelListing[] {
  const pools = (plan: Plan): string => plan.groups.map((group) => group.name).join(', then ')
  const listed = [
    AUTO,
    ...plans.routes.map(
      (plan): ModelListing => ({ id: plan.name, kind: 'route', description: `Route to ${pools(plan)}` }),
    ),
    ...plans.pools.map(
      (plan): ModelListing => ({ id: plan.name, kind: 'pool', description: 'Any worker of the pool' }),
    ),
    ...plans.models.map(
      (plan): ModelListing => ({ id: plan.name, kind: 'model', description: 'Any worker of the model' }),
    ),
  ]
  return [...new Map(listed.toReversed().map((each) => [each.id, each])).values()].reverse()
}
