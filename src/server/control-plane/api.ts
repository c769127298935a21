/**
 * The control plane: our own API with its document, the page, and the feed behind it. It has no socket of its own:
 * whoever owns the server hands requests over.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ControlPlaneDeps } from './deps.ts'
import { addDocsRoutes } from './docs.ts'
import { createFeed } from './feed.ts'
import { createHttpApp } from './http-app.ts'
import { addPageRoutes, readPage } from './page.ts'
import { addRoutes } from './routes.ts'

export interface ControlPlane {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Ends the streams of the feed; requests that are being answered end by themselves. */
  close(): Promise<void>
}

export async function createControlPlane(deps: ControlPlaneDeps): Promise<ControlPlane> {
  const feed = createFeed(deps.engine, deps.system.clock)
  const app = createHttpApp(deps)
  const assets = await readPage()
  addRoutes(app, deps, feed)
  addDocsRoutes(app, deps, feed, assets.get('favicon.svg'))
  addPageRoutes(app, assets)
  await app.ready()
  return {
    handle: (request, response) => app.routing(request, response),
    async close() {
      feed.close()
      await app.close()
    },
  }
}
