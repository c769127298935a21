/** The `claude` command: where it is, how it is fetched, and one turn of it against a gateway. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The release whose requests and replies the test was written for. */
const RELEASE = '2.1.331'
const LIMIT_MS = 90_000

/** @returns its path, from CLAUDE_CODE_BIN or PATH; undefined when it is nowhere. */
export function findClaude(): string | undefined {
  const { CLAUDE_CODE_BIN: named, PATH = '' } = process.env
  if (named !== undefined && named !== '') return named
  return PATH.split(delimiter)
    .map((folder) => join(folder, 'claude'))
    .find((file) => existsSync(file))
}

/** @returns its path in the folder, or undefined when the registry cannot be reached. */
export function installClaude(folder: string): string | undefined {
  const parameters = [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    `@anthropic-ai/claude-code@${RELEASE}`,
  ]
  const { status } = spawnSync('npm', parameters, { stdio: 'inherit' })
  const file = join(folder, 'node_modules/.bin/claude')
  return status === 0 && existsSync(file) ? file : undefined
}

/** Where it runs, and against what; its own files lie in the folder, and none of the user's are read or written. */
export interface Desk {
  readonly claude: string
  readonly folder: string
  readonly url: string
}

export interface Turn {
  readonly exit: number | string
  readonly result: string
  readonly session: string
  /** All that it printed, for whoever has to find out. */
  readonly printed: string
}

/** One run in print mode. */
export async function ask(desk: Desk, parameters: readonly string[]): Promise<Turn> {
  const { exit, stdout, stderr } = await run(desk, [...parameters, '--output-format', 'json'], '')
  const fields = fieldsOf(stdout)
  return {
    exit,
    result: String(fields.get('result')),
    session: String(fields.get('session_id')),
    printed: stdout + stderr,
  }
}

/** What it calls a conversation that begins with the text: a request of its own, which has no tools. */
export async function titleOf(desk: Desk, description: string): Promise<Turn> {
  const request = { subtype: 'generate_session_title', description, persist: false }
  const line = JSON.stringify({ type: 'control_request', request_id: 'title', request })
  const streamed = ['-p', '--verbose', '--input-format', 'stream-json', '--output-format', 'stream-json']
  const { exit, stdout, stderr } = await run(desk, streamed, `${line}\n`)
  const answer = stdout.split('\n').find((text) => text.includes('"control_response"')) ?? ''
  const result = /"title":"([^"]*)"/.exec(answer)?.[1] ?? ''
  return { exit, result, session: '', printed: stdout + stderr }
}

interface Ended {
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

async function run(
  { claude, folder, url }: Desk,
  parameters: readonly string[],
  input: string,
): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'dummy',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
  }
  const child = spawn(claude, parameters, { cwd: folder, env, timeout: LIMIT_MS })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
    // It stays for more until its input ends, and drops what it has not answered by then.
    if (stdout.includes('"control_response"')) child.stdin.end()
  })
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  if (input === '') child.stdin.end()
  else child.stdin.write(input)
  const exit = await new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? '')),
  )
  return { exit, stdout, stderr }
}

function fieldsOf(json: string): ReadonlyMap<string, unknown> {
  try {
    const answer: unknown = JSON.parse(json)
    return new Map(typeof answer === 'object' && answer !== null ? Object.entries(answer) : [])
  } catch {
    return new Map()
  }
}
