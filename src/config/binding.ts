/** Only this machine can reach a loopback address: 127.0.0.0/8, ::1, localhost. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare)
}

/** What a program at a fast line cannot guess within a lifetime, if it is random. */
export const SECRET_CHARS_MIN = 16

/** The places of the keys and the admin token that are too short for an address that other machines can reach. */
export function shortSecrets(auth: {
  readonly keys: readonly unknown[]
  readonly adminToken?: unknown
}): readonly (readonly (string | number)[])[] {
  const isShort = (secret: unknown): boolean => typeof secret === 'string' && secret.length < SECRET_CHARS_MIN
  return [
    ...auth.keys.flatMap((key, index) => (isShort(key) ? [['auth', 'keys', index, 'key']] : [])),
    ...(isShort(auth.adminToken) ? [['auth', 'adminToken']] : []),
  ]
}
