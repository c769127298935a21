import { wrongUsage } from './failure.ts'

/** A whole number in a range, as an option or a variable gives it. @throws Failure of wrong usage, naming it. */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw wrongUsage(`${name} must be a whole number from ${min} to ${max}`)
}

/** --port, else PORT, else undefined: the configuration decides. */
export function portOption(option: string | undefined, env: NodeJS.ProcessEnv): number | undefined {
  if (option !== undefined) return wholeNumber('--port', option, 0, 65_535)
  const variable = env['PORT']?.trim() ?? ''
  return variable === '' ? undefined : wholeNumber('the environment variable PORT', variable, 0, 65_535)
}
