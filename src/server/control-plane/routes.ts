import type { ControlPlaneDeps } from './deps.ts'
import type { Feed } from './feed.ts'
import { addFeedRoute } from './feed-route.ts'
import { addFleetRoutes } from './fleet-routes.ts'
import { addHealthRoutes } from './health-routes.ts'
import type { HttpApp } from './http-app.ts'
import { addMessageRoutes } from './message-routes.ts'
import { addRecordRoutes } from './record-routes.ts'
import { addRoadRoutes } from './road-routes.ts'

/** Every route that the document describes, and those that it will: added to the server, and to the document's twin. */
export function addRoutes(app: HttpApp, deps: ControlPlaneDeps, feed: Feed): void {
  addMessageRoutes(app, deps)
  addFleetRoutes(app, deps)
  addRecordRoutes(app, deps)
  addFeedRoute(app, feed)
  addHealthRoutes(app, deps)
  addRoadRoutes(app)
}
