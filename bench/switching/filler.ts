import type { Random } from '../../src/core/random.ts'
import type { Field } from './skeletons.ts'

/** Text that looks like what agents read: lines of code, of logs, or sentences. Four bytes are a token, about. */
const words =
  'account batch branch buffer cache change client config count deploy draft entry error event field file filter first group handle header index input invoice label latency limit list load lock match memory merge model module number offset option order output owner page parse patch path payload plan point pool process query queue range reader record region release report request result retry review route schema scope section sender server session setting signal size source stage state status step store stream string summary table target task test thread timeout token total trace update user value version volume window worker writer'.split(
    ' ',
  )

const lines: Readonly<Record<Field, (pick: () => string, digits: () => number) => string>> = {
  coding: (pick, digits) => `  const ${pick()}${digits()} = ${pick()}.${pick()}(${pick()}, ${digits()})\n`,
  ops: (pick, digits) =>
    `2026-11-2${digits() % 5} 0${digits() % 10}:12:${10 + (digits() % 50)} ${pick()}-${digits()} ${pick()} ${pick()}=${digits()}\n`,
  writing: (pick, digits) =>
    `The ${pick()} ${pick()} of ${digits()} ${pick()}s the ${pick()} and the ${pick()}. `,
}

const BYTES_PER_TOKEN = 4

export function filler(field: Field, tokens: number, random: Random): string {
  const pick = (): string => words[random.uint32() % words.length] ?? ''
  const digits = (): number => random.uint32() % 1_000
  const bytes = Math.round(tokens * BYTES_PER_TOKEN)
  let text = ''
  while (text.length < bytes) text += lines[field](pick, digits)
  return text.slice(0, bytes)
}

/** How results of tools begin, written by hand: what agents read is of any kind, whatever they were asked. */
const openings: Readonly<Record<Field, readonly string[]>> = {
  coding: [
    'FAIL src/checkout/cart.test.ts > the empty cart > has no total\nTypeError: cannot read properties of undefined\n',
    'diff --git a/src/import/reader.ts b/src/import/reader.ts\n@@ -14,7 +14,9 @@\n',
    'README.md: Architecture overview. This page compares the two designs, their trade-offs, and why we chose the second.\n',
    'src/session/cookie.ts:41: // TODO evaluate whether the whole strategy still holds after the migration\n',
    '214 tests passed, 0 failed, 3 skipped\n',
    'total 48\ndrwxr-xr-x 6 dev dev 4096 src\n-rw-r--r-- 1 dev dev 1204 package.json\n',
    'commit 3f2a9c1: refactor the retry loop, fix the flaky test, update the docs\n',
    'function readInvoice(line, options) {\n',
  ],
  ops: [
    'NAME READY STATUS RESTARTS AGE\nbilling-7d9f 1/1 Running 14 3d\n',
    'ERROR backup: cannot connect to 10.0.3.7:5432, retrying in 30 s\n',
    'Postmortem: root cause analysis, contributing factors, and a plan to prevent it in the long term.\n',
    'ok\n',
    'runbook: compare the options for the failover, weigh the risks, then decide on a strategy with the owner\n',
    'Filesystem Size Used Avail Use% Mounted on\n/dev/sda1 80G 71G 9G 89% /\n',
    'deploy finished in 412 s: build 180 s, test 201 s, push 31 s\n',
    'scrape_configs:\n  - job_name: queue\n',
  ],
  writing: [
    'notes.md: Hello all, thanks for the interview. Here is a list of what was said.\n',
    'Chapter 2. The argument of this chapter is that the strategy of the company rests on three assumptions.\n',
    'References: 14 entries, 3 without a page\n',
    'proposal-b.md: We evaluate the approach against the alternatives and recommend a phased plan.\n',
    'saved\n',
    'Please rewrite this paragraph before Friday, it is too long.\n',
    'word count: 2,318\n',
    'Summary of the meeting: who said what, translated from German.\n',
  ],
}

/** What a tool found: so many tokens, opened by one of the beginnings. */
export function toolResult(field: Field, tokens: number, random: Random): string {
  const opening = openings[field][random.uint32() % openings[field].length] ?? ''
  return opening + filler(field, tokens, random)
}
