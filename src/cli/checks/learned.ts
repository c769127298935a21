import { existsSync } from 'node:fs'
import type { Config } from '../../config/schema.ts'
import { SignalboxError } from '../../core/errors.ts'
import { FACTS_MAX, factsIn, sentenceOf } from '../../core/lesson.ts'
import type { System } from '../../core/system.ts'
import { readOwner } from '../../store/lock.ts'
import { openStore } from '../../store/open.ts'
import type { Place } from '../port.ts'
import { reachable } from '../running.ts'
import { type Check, well } from './check.ts'

/**
 * What models were found to refuse, beyond what their cards tell: nothing to mend, but worth a look when answers are not
 * what was asked for. The running Signalbox is asked where there is one, because the state file is its alone; else the file.
 * @param running Where the Signalbox listens that has the port of this configuration, if one has.
 */
export async function learnedCheck(config: Config, system: System, running?: Place): Promise<Check> {
  const stored = running ? await askRunning(config, running) : await readFile(config, system)
  if (typeof stored === 'string') return well('learned', stored)
  const facts = factsIn(stored, system.clock.wallNow())
  if (facts.length === 0) return well('learned', 'no model has refused a field that its card does not tell')
  return well('learned', facts.map(sentenceOf).join('\n'))
}

const ASK_MS = 2_000

/** @returns a sentence where it does not tell. */
async function askRunning({ auth }: Config, { host, port }: Place): Promise<readonly unknown[] | string> {
  const url = `http://${reachable(host)}:${port}/api/config`
  const token = auth.adminToken ?? auth.keys.find(({ scopes }) => scopes.includes('control'))?.key
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    const reply = await fetch(url, { headers, signal: AbortSignal.timeout(ASK_MS) })
    if (reply.status === 401 || reply.status === 403)
      return `the running Signalbox takes no key of this configuration; what it learned is in GET ${url}, for its admin token`
    const shown: unknown = await reply.json()
    if (typeof shown === 'object' && shown !== null && 'learned' in shown && Array.isArray(shown.learned))
      return shown.learned
  } catch {
    // It is busy, or has just ended: said below.
  }
  return `the running Signalbox does not tell what it learned; run doctor again, or look at "learned" in GET ${url}`
}

/** @returns a sentence where it cannot be read. */
async function readFile({ store }: Config, system: System): Promise<readonly unknown[] | string> {
  if (!('path' in store) || !existsSync(store.path)) return []
  try {
    const opened = await openStore(store, system)
    try {
      return await opened.log('lessons', FACTS_MAX).newest(FACTS_MAX)
    } finally {
      await opened.close()
    }
  } catch (error) {
    if (!SignalboxError.is(error)) throw error
    const owner = readOwner(store.path)
    if (!owner) return `what was learned of models cannot be read: ${error.message}`
    return (
      `process ${owner.pid} has the state file and listens elsewhere than on server.port or PORT: ` +
      'run doctor with PORT set to the port that it was started with, or look at "learned" in GET /api/config there'
    )
  }
}
