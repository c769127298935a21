/**
 * The real Claude Code command line in front of a real `signalbox serve`, in front of a stub that refuses what the real
 * API refuses: two turns of one conversation, a tool call, a sub-agent and a helper's request.
 *
 *   npm run test:claude-code               with `claude` from CLAUDE_CODE_BIN or PATH; skipped without one
 *   npm run test:claude-code -- --install  fetches it into a folder for the time of the run
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigInput } from '../../src/config/schema.ts'
import { isObject, listAt } from '../upstream/api.ts'
import { type Behaviour, type RecordedRequest, startUpstream } from '../upstream/upstream.ts'
import { ask, findClaude, installClaude, titleOf } from './command-line.ts'

const BIN = join(import.meta.dirname, '../../bin/signalbox')
const WORD = 'heron'

/** What the model says: enough for the tools to be used once each. */
function script({ headers, body }: RecordedRequest): Behaviour {
  if (!isObject(body)) return { kind: 'answer' }
  const tools = Array.isArray(body['tools']) ? body['tools'] : []
  if (tools.length === 0) return { kind: 'answer', text: JSON.stringify({ title: 'Birds' }) }
  if (headers['x-claude-code-agent-id'] !== undefined) return { kind: 'answer', text: 'There are three.' }
  const turns = listAt(body['messages'], 'messages').filter(
    (turn) => isObject(turn) && turn['role'] === 'user',
  )
  const last = JSON.stringify(turns.at(-1))
  const thinking = 'Let me see.'
  if (last.includes('tool_result')) {
    const text = last.includes(WORD) ? `The word is ${WORD}.` : 'The helper counted three.'
    return { kind: 'answer', thinking, text }
  }
  if (last.includes('note.txt'))
    return { kind: 'answer', thinking, tools: [{ name: 'Read', input: { file_path: 'note.txt' } }] }
  if (last.includes('helper')) {
    const input = {
      description: 'Count',
      prompt: 'Count the birds.',
      subagent_type: 'general-purpose',
      run_in_background: false,
    }
    return { kind: 'answer', thinking, tools: [{ name: 'Agent', input }] }
  }
  return { kind: 'answer', thinking, text: 'Good morning.' }
}

interface Served {
  readonly url: string
  end(): Promise<void>
}

async function serve(config: ConfigInput, folder: string): Promise<Served> {
  const file = join(folder, 'signalbox.yaml')
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(BIN, ['serve', '--config', file, '--port', '0'], { cwd: folder })
  const exit = new Promise<void>((resolve) => child.on('close', () => resolve()))
  let printed = ''
  const url = await new Promise<string>((resolve, reject) => {
    const look = (chunk: unknown): void => {
      printed += String(chunk)
      const found = /^signalbox ready (http:\S+)$/m.exec(printed)?.[1]
      if (found !== undefined) resolve(found)
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    void exit.then(() => reject(new Error(printed)))
  })
  return {
    url,
    end() {
      child.kill('SIGTERM')
      return exit
    },
  }
}

interface Check {
  readonly what: string
  readonly holds: boolean
  /** Shown when it does not hold. */
  readonly seen: unknown
}

async function play(claude: string, folder: string): Promise<readonly Check[]> {
  const upstream = await startUpstream({ wire: 'anthropic', script })
  const worker = (model: string): object => ({
    kind: 'anthropic',
    baseUrl: upstream.baseUrl,
    apiKey: 'own',
    model,
  })
  const config = {
    store: { memory: true },
    intercept: ['claude-*'],
    pools: {
      opus: { workers: [worker('claude-opus-5-5')] },
      haiku: { workers: [worker('claude-haiku-5-5')] },
    },
    routes: { strategic: ['opus'], tactical: ['opus'], simple: ['haiku'] },
  } as ConfigInput
  const server = await serve(config, folder)
  try {
    const desk = { claude, folder: join(folder, 'home'), url: server.url }
    mkdirSync(desk.folder)
    writeFileSync(join(desk.folder, 'note.txt'), `The word is ${WORD}.\n`)
    const first = await ask(desk, ['-p', 'Plan the overall strategy for counting birds.'])
    const second = await ask(desk, ['-c', '-p', 'Read note.txt. Which word?', '--allowedTools', 'Read'])
    const third = await ask(desk, ['-c', '-p', 'Let a helper count the birds.', '--allowedTools', 'Agent'])
    const title = await titleOf(desk, 'I want to count the birds of the pond.')
    const { requests } = upstream
    const carried = JSON.stringify(requests[1]?.body)
    const refusals = requests.flatMap(({ refusal }) => refusal ?? [])
    const lost = requests.flatMap(({ reasoningLost }) => reasoningLost)
    const decisions = await decisionsOf(server.url)
    show(decisions)
    const kinds = new Set(decisions.map(({ kind }) => kind))
    const mains = new Set(decisions.filter(({ kind }) => kind === 'main').map(({ model }) => model))
    return [
      { what: 'the first turn is answered', holds: first.result === 'Good morning.', seen: first.printed },
      {
        what: 'the second turn reads a file and is answered',
        holds: second.result === `The word is ${WORD}.`,
        seen: second.printed,
      },
      {
        what: 'the second turn carries the first, in the same session',
        holds: carried.includes('Good morning.') && second.session === first.session,
        seen: carried,
      },
      {
        what: 'a sub-agent answers',
        holds: third.result === 'The helper counted three.',
        seen: third.printed,
      },
      { what: 'a helper’s request is answered', holds: title.result === 'Birds', seen: title.printed },
      {
        what: 'the decisions know main, sub-agent and helper',
        holds: ['main', 'subagent', 'auxiliary'].every((kind) => kinds.has(kind)),
        seen: decisions,
      },
      { what: 'the conversation stays with one model', holds: mains.size === 1, seen: [...mains] },
      { what: 'no request is refused', holds: refusals.length === 0, seen: refusals },
      { what: 'no reasoning is lost', holds: lost.length === 0, seen: lost },
    ]
  } finally {
    await server.end()
    await upstream.close()
  }
}

interface Shown {
  readonly kind: string
  readonly class: string
  readonly model: string
  readonly outcome: string
}

async function decisionsOf(url: string): Promise<readonly Shown[]> {
  const response = await fetch(`${url}/api/decisions`)
  const body: unknown = await response.json()
  const list = isObject(body) && Array.isArray(body['decisions']) ? body['decisions'] : []
  return list
    .filter(isObject)
    .toReversed()
    .map((decision) => ({
      kind: isObject(decision['request']) ? String(decision['request']['kind']) : '-',
      class: String(decision['class']),
      model: String(decision['model']),
      outcome: String(decision['outcome']),
    }))
}

function show(decisions: readonly Shown[]): void {
  print(['kind', 'class', 'model', 'outcome'])
  for (const { kind, class: label, model, outcome } of decisions) print([kind, label, model, outcome])
  print([])
}

function print(columns: readonly string[]): void {
  process.stdout.write(
    `${columns
      .map((text) => text.padEnd(18))
      .join('')
      .trimEnd()}\n`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'signalbox-claude-code-'))
try {
  const claude = process.argv.includes('--install') ? installClaude(folder) : findClaude()
  if (claude === undefined) print(['skipped: no claude'])
  else {
    const checks = await play(claude, folder)
    for (const { what, holds, seen } of checks) {
      print([`${holds ? 'ok  ' : 'FAIL'} ${what}`])
      if (!holds) print([`     ${JSON.stringify(seen).slice(0, 2_000)}`])
    }
    if (checks.some(({ holds }) => !holds)) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
