import { loadPacks } from '../classify/load-packs.ts'
import { loadConfig, type Loaded, type LoadedConfig } from '../config/load.ts'
import { describeProblem, describeProblems, type Problem } from '../config/problems.ts'
import { SignalboxError } from '../core/errors.ts'
import { configFile } from './config-file.ts'
import { Failure } from './failure.ts'
import { readFileUpTo } from './files.ts'

export function readConfig(option: string | undefined): LoadedConfig {
  return loadConfig(configFile(option), process.env, readFileUpTo)
}

/** @throws Failure with every problem; 2 where something is asked for that this version does not have yet. */
export function requireConfig(option: string | undefined): Loaded {
  const loaded = readConfig(option)
  if (loaded.kind === 'invalid') throw invalidConfig(loaded.problems)
  const problems = packProblems(loaded)
  if (problems.length > 0) throw invalidConfig(problems)
  return loaded
}

/** What is wrong with the files that `classify.packs` names, at the places where they are named. */
export function packProblems({ config, place }: Loaded): readonly Problem[] {
  return config.classify.packs.flatMap((pack, index) => {
    if (!/\.ya?ml$/.test(pack)) return []
    try {
      loadPacks([pack])
      return []
    } catch (error) {
      const path = ['classify', 'packs', index]
      const lines = SignalboxError.from(error).message.split('\n')
      return lines.map((message) => ({ path, message, ...place(path) }))
    }
  })
}

function invalidConfig(problems: readonly Problem[]): Failure {
  const lines = describeProblems(problems)
  const message = ['the configuration is invalid', ...lines].join('\n  ')
  const exitCode = problems.some((problem) => problem.notInThisVersion === true) ? 2 : 1
  return new Failure(exitCode, 'invalid-config', message, {
    problems: problems.slice(0, 100).map((problem) => ({
      path: problem.path.join('.'),
      message: problem.message,
      text: describeProblem(problem),
      ...(problem.file === undefined
        ? {}
        : { file: problem.file, line: problem.line, column: problem.column }),
    })),
  })
}
