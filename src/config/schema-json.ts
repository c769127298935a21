import { z } from 'zod'
import { configSchema } from './schema.ts'

/**
 * The JSON Schema of signalbox.yaml, for editors and checkers. What only the library takes (a strategy as a function)
 * is left out: no file can hold it.
 */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type !== 'union' || jsonSchema.anyOf === undefined) return
      const storable = jsonSchema.anyOf.filter((option) => Object.keys(option).length > 0)
      if (storable.length === jsonSchema.anyOf.length) return
      delete jsonSchema.anyOf
      Object.assign(jsonSchema, storable.length === 1 ? storable[0] : { anyOf: storable })
    },
  })
  // Pools and routes are filled in where they are left out, before the schema is asked.
  return { ...schema, title: 'signalbox.yaml', required: [] }
}
