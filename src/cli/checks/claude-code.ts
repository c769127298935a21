/**
 * What Claude Code will find: the probe that it starts with, the list of models, who answers for the models that it asks
 * for, and what becomes of its auto mode. Looked at with the configuration on a port of its own; no message is sent.
 */
import type { Config } from '../../config/schema.ts'
import type { Engine } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import type { System } from '../../core/system.ts'
import { type RunningServer, startServer } from '../../server/server.ts'
import { type Check, failing, well } from './check.ts'

/** It waits no longer for the list. */
const LIST_LIMIT_MS = 3_000
/** What a new session asks for, and what its helpers and cheaper turns do. */
const ASKED = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5']

export async function claudeCodeChecks(config: Config, system: System): Promise<readonly Check[]> {
  try {
    const place = { port: 0, host: '127.0.0.1' }
    return await looked(
      config,
      system,
      await startServer({ ...config, store: { memory: true } }, system, place),
    )
  } catch (error) {
    const { message, hint } = SignalboxError.from(error)
    return [failing('claude-code', message, hint)]
  }
}

async function looked(config: Config, system: System, server: RunningServer): Promise<readonly Check[]> {
  try {
    return [
      await helloCheck(server),
      await listCheck(server, system),
      ...ASKED.map((model) => modelCheck(model, server.engine)),
      ...safeguardChecks(config),
      hintsCheck(process.env),
    ]
  } finally {
    await server.close()
  }
}

export async function helloCheck({ url }: Pick<RunningServer, 'url'>): Promise<Check> {
  const name = 'claude-code hello'
  const { ok, status } = await fetch(`${url}/api/hello`, { method: 'HEAD' })
  if (!ok) return failing(name, `HEAD /api/hello answers ${status}`, 'report it: it should answer 200')
  return well(name, 'HEAD /api/hello answers at once, without a key')
}

async function listCheck({ url }: RunningServer, { clock }: System): Promise<Check> {
  const name = 'claude-code models'
  const startMs = clock.now()
  const response = await fetch(`${url}/v1/models?limit=1000`, {
    headers: { 'anthropic-version': '2023-06-01' },
    signal: AbortSignal.timeout(LIST_LIMIT_MS),
  })
  const { data } = (await response.json()) as { readonly data: readonly { readonly id: string }[] }
  const tookMs = Math.round(clock.now() - startMs)
  const shown = data.filter(({ id }) => /claude|anthropic/.test(id)).length
  const told = `${data.length} names in ${tookMs} ms; with CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY=1 it shows the ${shown} of them that have claude or anthropic in them`
  return well(name, told)
}

/** Who answers when it asks for the model: the class decides, or the name does, or nobody can. */
function modelCheck(model: string, engine: Engine): Check {
  const name = `claude-code ${model}`
  try {
    const { decision } = engine.decide({ content: 'Hello', model })
    if (decision.route !== null) return well(name, 'is classified and routed')
    return well(
      name,
      `goes to ${decision.pool ?? 'its pool'} by its name; to have it routed, add it to intercept`,
    )
  } catch (error) {
    const { message } = SignalboxError.from(error)
    return failing(name, message, 'set intercept: ["claude-*"], or add a pool with the model')
  }
}

/** Only Anthropic makes the checks of auto mode; a print-mode run in it fails without them. */
function safeguardChecks(config: Config): readonly Check[] {
  return Object.entries(config.routes).map(([route, pools]) => {
    const without = pools.filter((pool) =>
      config.pools[pool]?.workers.some(({ kind }) => kind !== 'anthropic'),
    )
    const told =
      without.length === 0
        ? 'the checks of auto mode pass both ways'
        : `no auto mode at ${without.join(', ')}: nobody makes its checks there; start claude with --permission-mode`
    return well(`claude-code safeguards ${route}`, told)
  })
}

function hintsCheck(environment: Readonly<Record<string, string | undefined>>): Check {
  const isOn = environment['CLAUDE_CODE_GATEWAY_HINT_HEADERS'] === '1'
  const told = isOn
    ? 'CLAUDE_CODE_GATEWAY_HINT_HEADERS=1 stands in this shell: it says what each request is for'
    : 'start claude with CLAUDE_CODE_GATEWAY_HINT_HEADERS=1, and it says what each request is for; without, that is guessed'
  return well('claude-code hints', told)
}
