import { createServer } from 'node:net'

export interface Place {
  readonly host: string
  readonly port: number
}

/** Why one cannot listen there, in a sentence with the way out; undefined for an error that is about something else. */
export function placeInUse(error: unknown, { host, port }: Place): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use; stop what listens there, or choose another with --port (0 takes a free one)`
    case 'EACCES':
      return `port ${port} of ${host} may not be used by this user; choose one above 1023 with --port`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this machine; see server.host and --host`
    default:
      return undefined
  }
}

/** Tries to listen, and stops at once. @returns why it cannot be done, or undefined. */
export function tryPort(place: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) =>
      resolve(placeInUse(error, place) ?? `cannot listen on ${place.host}:${place.port}`),
    )
    server.listen(place.port, place.host, () => server.close(() => resolve(undefined)))
  })
}
