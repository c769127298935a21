import { Failure, wrongUsage } from './failure.ts'
import { readStreamUpTo } from './files.ts'

/** As long as a request's body may be. */
const TEXT_BYTES_MAX = 32 * 1024 * 1024

/** The text of the command line, or what is piped in; a person at a terminal is not left waiting. */
export async function textArgument(command: string, text: string | undefined): Promise<string> {
  const given = text ?? (process.stdin.isTTY ? '' : await piped())
  if (given.trim() === '')
    throw wrongUsage(`${command} needs a text: signalbox ${command} "…", or pipe one in`)
  return given
}

async function piped(): Promise<string> {
  const bytes = await readStreamUpTo(process.stdin, TEXT_BYTES_MAX)
  if (bytes === 'too-large') throw new Failure(1, 'message-too-large', 'the text is longer than 32 MiB')
  // The line break that `echo` and editors end a text with is not part of it.
  return bytes.toString('utf8').replace(/\r?\n$/, '')
}
