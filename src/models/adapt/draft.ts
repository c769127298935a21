import { asObject, type JsonObject } from '../../wire/json-value.ts'
import type { Edit } from '../../wire/splice.ts'

/**
 * The top-level fields of a request while the rules change them. What comes out are the differences, so that the rules
 * may meet in one field, and a request that needs nothing gets no edit.
 */
export class Draft {
  readonly #before: JsonObject
  readonly #changed = new Map<string, unknown>()

  constructor(fields: JsonObject) {
    this.#before = fields
  }

  /** @returns undefined also for null, which is how some clients write "not given". */
  get(field: string): unknown {
    return (this.#changed.has(field) ? this.#changed.get(field) : this.#own(field)) ?? undefined
  }

  /** A member of a field that holds an object. */
  member(field: string, name: string): unknown {
    const object = asObject(this.get(field))
    return object !== undefined && Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined
  }

  /** The field is there, be it as null. */
  has(field: string): boolean {
    return this.#changed.has(field)
      ? this.#changed.get(field) !== undefined
      : Object.hasOwn(this.#before, field)
  }

  set(field: string, value: unknown): void {
    this.#changed.set(field, value)
  }

  remove(field: string): void {
    this.#changed.set(field, undefined)
  }

  /** Sets a member, or removes it where the value is undefined. What should be an object and is none is left alone. */
  setMember(field: string, name: string, value: unknown): void {
    const given = this.get(field)
    const object = asObject(given)
    if (given !== undefined && object === undefined) return
    const { [name]: _, ...others } = object ?? {}
    const members = value === undefined ? others : { ...object, [name]: value }
    // A field that is emptied goes, but one that came empty stays.
    if (Object.keys(members).length > 0) this.set(field, members)
    else if (object !== undefined && Object.hasOwn(object, name)) this.remove(field)
  }

  edits(): readonly Edit[] {
    return [...this.#changed].flatMap(([field, value]) => this.#editsOf(field, value))
  }

  #editsOf(field: string, after: unknown): readonly Edit[] {
    const given = this.#own(field)
    if (after === undefined) {
      return Object.hasOwn(this.#before, field) ? [{ path: [field], value: undefined }] : []
    }
    const before = asObject(given)
    const object = asObject(after)
    if (!before || !object) return given === after ? [] : [{ path: [field], value: after }]
    return [...new Set([...Object.keys(before), ...Object.keys(object)])]
      .filter((name) => before[name] !== object[name])
      .map((name) => ({ path: [field, name], value: object[name] }))
  }

  #own(field: string): unknown {
    return Object.hasOwn(this.#before, field) ? this.#before[field] : undefined
  }
}
