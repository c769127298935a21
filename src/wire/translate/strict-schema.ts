import { isObject, type JsonObject } from './json-tree.ts'

/**
 * Whether OpenAI takes a JSON Schema as strict: every object closed, with all of its properties required, none of the
 * words that it does not know, and no more of anything than it allows. A schema that does not fit is sent as not
 * strict. One pass, bounded by the number of properties and the depth.
 */
const PROPERTIES_MAX = 5_000
const DEPTH_MAX = 10
const ENUM_VALUES_MAX = 1_000
const unknownWords = ['allOf', 'not', 'if', 'then', 'else', 'oneOf', 'patternProperties', 'dependentRequired']

export function fitsStrict(schema: JsonObject): boolean {
  if (schema['type'] !== 'object') return false
  return fits(schema, 1, { propertiesLeft: PROPERTIES_MAX, enumValuesLeft: ENUM_VALUES_MAX })
}

interface Allowance {
  propertiesLeft: number
  enumValuesLeft: number
}

function fits(schema: unknown, depth: number, allowance: Allowance): boolean {
  if (!isObject(schema) || depth > DEPTH_MAX) return false
  if (unknownWords.some((word) => word in schema)) return false
  const values = schema['enum']
  if (Array.isArray(values)) {
    allowance.enumValuesLeft -= values.length
    if (allowance.enumValuesLeft < 0) return false
  }
  return (
    fitsObject(schema, depth, allowance) && childrenOf(schema).every((child) => fits(child, depth, allowance))
  )
}

function fitsObject(schema: JsonObject, depth: number, allowance: Allowance): boolean {
  const properties = schema['properties']
  const isObjectSchema = schema['type'] === 'object' || properties !== undefined
  if (!isObjectSchema) return true
  if (!isObject(properties) || schema['additionalProperties'] !== false) return false
  const required = schema['required']
  const names = Object.keys(properties)
  if (!Array.isArray(required) && names.length > 0) return false
  const requiredNames = new Set(Array.isArray(required) ? required : [])
  allowance.propertiesLeft -= names.length
  if (allowance.propertiesLeft < 0) return false
  return names.every((name) => requiredNames.has(name) && fits(properties[name], depth + 1, allowance))
}

/** Schemas inside that are not an object's properties. */
function childrenOf(schema: JsonObject): unknown[] {
  const children: unknown[] = []
  if (schema['items'] !== undefined) children.push(schema['items'])
  for (const word of ['anyOf', 'prefixItems']) {
    const list = schema[word]
    if (Array.isArray(list)) children.push(...list)
  }
  for (const word of ['$defs', 'definitions']) {
    const defined = schema[word]
    if (isObject(defined)) children.push(...Object.values(defined))
  }
  return children
}
