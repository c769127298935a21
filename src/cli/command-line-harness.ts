import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs the real command line in a folder of its own, without the environment's keys and ports. */
const bin = fileURLToPath(new URL('../../bin/signalbox', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** For `start`: an open file instead of a pipe. */
  readonly stdout?: number | 'pipe'
}

export interface Folder {
  readonly path: string
  write(name: string, text: string): void
  run(args: readonly string[], options?: RunOptions): Promise<Ran>
  start(args: readonly string[], options?: RunOptions): ChildProcess
  remove(): void
}

export function newFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'signalbox-cli-'))
  const environment = (env: RunOptions['env']): NodeJS.ProcessEnv => {
    const { PORT: _port, ANTHROPIC_API_KEY: _anthropic, OPENAI_API_KEY: _openai, ...rest } = process.env
    return { ...rest, NO_COLOR: '1', ...env }
  }
  return {
    path,
    write: (name, text) => writeFileSync(join(path, name), text),
    run: (args, { input = '', env } = {}) =>
      new Promise((resolve) => {
        const child = execFile(
          bin,
          args,
          { cwd: path, env: environment(env), timeout: 15_000, maxBuffer: 64 * 1024 * 1024 },
          (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
        )
        // A command that does not read its input closes it early.
        child.stdin?.on('error', () => {})
        child.stdin?.end(input)
      }),
    start: (args, { env, stdout = 'pipe' } = {}) =>
      spawn(bin, args, { cwd: path, env: environment(env), stdio: ['pipe', stdout, 'pipe'] }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
