export interface RouteEntry {
  /** The route's pattern: `/api/traces/:id`, `/docs/*`. */
  readonly url: string
  readonly methods: readonly string[]
}

/** The methods that exist at a path, whatever the method that was asked; only refusals need it. */
export function allowedMethods(routes: readonly RouteEntry[], url: string): readonly string[] {
  const path = url.split('?', 1)[0]?.split('/') ?? []
  const methods = new Set<string>()
  for (const route of routes) {
    if (!matches(route.url.split('/'), path)) continue
    for (const method of route.methods) methods.add(method)
  }
  return [...methods]
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  for (const [index, step] of pattern.entries()) {
    if (step === '*') return path.length > index
    const given = path[index]
    if (given === undefined) return false
    if (step.startsWith(':') ? given === '' : given !== step) return false
  }
  return path.length === pattern.length
}
