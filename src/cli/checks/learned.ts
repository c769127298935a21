import { existsSync } from 'node:fs'
import type { Config } from '../../config/schema.ts'
import { SignalboxError } from '../../core/errors.ts'
import { FACTS_MAX, factsIn, type LearnedFact } from '../../core/lesson.ts'
import type { System } from '../../core/system.ts'
import { openStore } from '../../store/open.ts'
import type { Place } from '../port.ts'
import { reachable } from '../running.ts'
import { type Check, well } from './check.ts'

/**
 * What models were found to refuse, beyond what their cards tell: nothing to mend, but worth a look when answers are not
 * what was asked for. The running Signalbox is asked where there is one, because the state file is its alone; else the file.
 */
export async function learnedCheck(config: Config, system: System, running?: Place): Promise<Check> {
  const stored = running ? await askRunning(config, running) : await readFile(config, system)
  const facts = stored && factsIn(stored, system.clock.wallNow())
  if (!facts)
    return well('learned', 'what was learned of models cannot be read while the state file is in use')
  if (facts.length === 0) return well('learned', 'no model has refused a field that its card does not tell')
  return well('learned', facts.map(describe).join('\n'))
}

const ASK_MS = 2_000

async function askRunning({ auth }: Config, { host, port }: Place): Promise<readonly unknown[] | undefined> {
  const headers: Record<string, string> =
    auth.adminToken === undefined ? {} : { authorization: `Bearer ${auth.adminToken}` }
  try {
    const reply = await fetch(`http://${reachable(host)}:${port}/api/config`, {
      headers,
      signal: AbortSignal.timeout(ASK_MS),
    })
    const shown: unknown = await reply.json()
    return typeof shown === 'object' && shown !== null && 'learned' in shown && Array.isArray(shown.learned)
      ? shown.learned
      : undefined
  } catch {
    return undefined
  }
}

async function readFile({ store }: Config, system: System): Promise<readonly unknown[] | undefined> {
  if (!('path' in store) || !existsSync(store.path)) return []
  try {
    const opened = await openStore(store, system)
    try {
      return await opened.log('lessons', FACTS_MAX).newest(FACTS_MAX)
    } finally {
      await opened.close()
    }
  } catch (error) {
    if (SignalboxError.is(error)) return undefined
    throw error
  }
}

const mends: Readonly<Record<string, string>> = {
  remove: 'it is left out',
  set: 'another value is sent',
  most: 'it is lowered',
  rename: 'it is sent under another name',
}

function describe({ host, model, lesson }: LearnedFact): string {
  return `${model} at ${host} does not take ${lesson.path.join('.')}: ${mends[lesson.mend.kind] ?? 'it is mended'}`
}
