/**
 * The page at `/`: static files without a build, read once at the start and kept in memory with their etags.
 * A file that is not in the folder at the start does not exist, so no path of a request ever reaches the disk.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { SignalboxError } from '../../core/errors.ts'
import type { HttpApp } from './http-app.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface Asset {
  readonly type: string
  readonly etag: string
  readonly body: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Nothing from elsewhere, nothing inline: what a message says can never run. */
const policy =
  "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"

export async function readPage(): Promise<ReadonlyMap<string, Asset>> {
  const folder = new URL('page/', import.meta.url)
  const assets = new Map<string, Asset>()
  for (const name of await readdir(folder)) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const body = await readFile(new URL(name, folder))
    const hash = createHash('sha256').update(body).digest('base64url')
    assets.set(name, { type, etag: `"${hash.slice(0, 22)}"`, body })
  }
  return assets
}

export function addPageRoutes(app: HttpApp, assets: ReadonlyMap<string, Asset>): void {
  const open = { config: { access: 'none' as const }, schema: { hide: true } }
  app.get('/', open, async (request, reply) => send('index.html', request, reply))
  app.get<{ Params: { name: string } }>('/page/:name', open, async (request, reply) =>
    send(request.params.name, request, reply),
  )

  function send(name: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const asset = assets.get(name)
    if (!asset) throw new SignalboxError('not-found', 'the page has no such file')
    reply.headers({ etag: asset.etag, 'cache-control': 'no-cache', 'content-security-policy': policy })
    const known = request.headers['if-none-match']?.split(',').some((tag) => tag.trim() === asset.etag)
    return known ? reply.code(304).send() : reply.type(asset.type).send(asset.body)
  }
}
