/**
 * How the OpenAPI 3.1 document comes about: from the routes' own schemas, with the data plane's paths added by hand.
 */
import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from '@fastify/swagger'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { packageVersion } from '../../core/version.ts'
import { dataPlanePaths } from './data-plane-paths.ts'

export function documentOptions(): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Signalbox',
        version: packageVersion(),
        description:
          'A message is understood, waits its turn, and goes to the worker that can answer it best.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'data plane', description: 'The protocols that models are spoken to in.' },
        { name: 'messages', description: 'Understand, route and answer a message.' },
        { name: 'fleet', description: 'Workers and the queue.' },
        { name: 'records', description: 'What happened, and why.' },
        { name: 'health', description: 'For probes and scrapers.' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'auth.adminToken; loopback needs none.' },
        },
      },
      security: [{}, { bearer: [] }],
      paths: dataPlanePaths(),
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject,
  }
}

const zodToJsonConfig: NonNullable<Parameters<typeof createJsonSchemaTransform>[0]['zodToJsonConfig']> = {
  // Answers may gain fields later: only what was declared strict, the requests, closes its objects.
  override: ({ zodSchema, jsonSchema }) => {
    const { def } = zodSchema._zod
    if (def.type === 'object' && !('catchall' in def && def.catchall)) delete jsonSchema.additionalProperties
  },
}

const addComponents = createJsonSchemaTransformObject({ zodToJsonConfig })

/** Every named schema is offered both as input and as output: those that no path leads to go again. */
const transformObject: SwaggerTransformObject = (document) => {
  const whole = addComponents(document)
  const schemas: Record<string, unknown> = ('components' in whole && whole.components?.schemas) || {}
  const used = new Set<string>()
  const open: unknown[] = ['paths' in whole ? whole.paths : undefined]
  while (open.length > 0) {
    const text = JSON.stringify(open.pop()) ?? ''
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue
      used.add(name)
      open.push(schemas[name])
    }
  }
  for (const name of Object.keys(schemas)) if (!used.has(name)) delete schemas[name]
  return whole
}
