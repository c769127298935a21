/** For tests: a real Chromium, where the machine has one. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome']

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * @returns undefined where there is no Chromium: such a test says so and is skipped.
 * @throws where there is none though there must be: with CI=true.
 */
export async function launchChromium(): Promise<Browser | undefined> {
  const executablePath = findChromium()
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: flags })
  if (process.env['CI'] === 'true') throw new Error('no chromium: set CHROMIUM_PATH, or install it')
  console.log('skipped: no chromium')
  return undefined
}

function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name)))
  return [process.env['CHROMIUM_PATH'] ?? '', ...found].find(isExecutable)
}

function isExecutable(path: string): boolean {
  if (path === '') return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
