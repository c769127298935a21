import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonOf, type RunningControlPlane, runControlPlane } from './harness.ts'

interface Operation {
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly requestBody?: unknown
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Record<string, { readonly description?: string }>
}

interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown> }
}

let plane: RunningControlPlane
let document: OpenApi
beforeAll(async () => {
  plane = await runControlPlane()
  document = await jsonOf<OpenApi>(await fetch(`${plane.url}/openapi.json`))
})
afterAll(() => plane.close())

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

describe('the OpenAPI document', () => {
  it('is of version 3.1 and speaks of this package', async () => {
    const { default: packageJson } = await import('../../../package.json', { with: { type: 'json' } })
    expect(document.openapi).toBe('3.1.0')
    expect(document.info).toMatchObject({ title: 'Signalbox', version: packageJson.version })
  })

  it('holds every route of the contract that this version serves', () => {
    const listed = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`)
    expect(listed.toSorted()).toEqual(
      [
        'POST /v1/messages',
        'POST /v1/messages/count_tokens',
        'POST /v1/responses',
        'POST /v1/chat/completions',
        'GET /v1/models',
        'POST /api/classify',
        'POST /api/route',
        'POST /api/messages',
        'GET /api/decisions',
        'GET /api/workers',
        'POST /api/workers/{id}/drain',
        'POST /api/workers/{id}/undrain',
        'GET /api/queue',
        'GET /api/traces/{id}',
        'GET /api/config',
        'GET /api/events',
        'GET /healthz',
        'GET /readyz',
        'GET /metrics',
      ].toSorted(),
    )
  })

  it('lists only what the server answers', async () => {
    for (const { path, method } of operations()) {
      if (path.startsWith('/v1/') || path === '/api/events') continue
      const response = await fetch(plane.url + path.replace('{id}', 'opus-1'), {
        method: method.toUpperCase(),
      })
      expect([path, response.status]).not.toEqual([path, 405])
      // A thing that is not there has a name to blame; a route that is not there has none.
      if (response.status === 404) expect(await response.json()).toMatchObject({ path: 'id' })
    }
  })

  it('says of each operation what it does, what it answers and how it refuses', () => {
    const tags = document.tags.map(({ name }) => name)
    for (const { path, method, operation } of operations()) {
      expect(operation.summary, path).toBeTypeOf('string')
      expect(tags, path).toContain(operation.tags?.[0])
      expect(operation.responses['200'], path).toBeDefined()
      for (const response of Object.values(operation.responses))
        expect(response.description, path).toBeTypeOf('string')
      if (path.startsWith('/api/')) expect(operation.responses['4XX'], path).toBeDefined()
      if (method === 'post' && !path.includes('{')) expect(operation.requestBody, path).toBeDefined()
      for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
        expect(operation.parameters).toContainEqual(
          expect.objectContaining({ name, in: 'path', required: true }),
        )
      }
    }
  })

  it('refers only to schemas that it holds, and holds none that nobody refers to', () => {
    const text = JSON.stringify(document)
    const referred = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? ''))
    const held = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect([...referred].toSorted()).toEqual(held.toSorted())
    expect(held.length).toBeGreaterThan(10)
  })

  it('closes requests and leaves answers open for later fields', () => {
    const text = (part: unknown) => JSON.stringify(part)
    expect(text(document.paths['/api/classify']?.['post']?.requestBody)).toContain(
      '"additionalProperties":false',
    )
    expect(text(document.components.schemas)).not.toContain('"additionalProperties":false')
  })

  it('carries examples', () => {
    const body = JSON.stringify(document.paths['/api/messages']?.['post']?.requestBody)
    expect(body).toContain('Plan the route through the first gym')
  })
})

describe('the UI', () => {
  it('comes from this server alone', async () => {
    const page = await fetch(`${plane.url}/docs`)
    const html = await page.text()
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '')
    expect(files.length).toBeGreaterThan(4)
    for (const file of files) {
      const response = await fetch(new URL(file, `${plane.url}/docs`))
      expect([file, response.status]).toEqual([file, 200])
      await response.arrayBuffer()
    }
    expect(await (await fetch(`${plane.url}/docs/json`)).json()).toEqual(document)
  })
})
