/** Durations in two or three digits, with their unit. */
export function ms(value) {
  if (value >= 60_000) return `${(value / 60_000).toFixed(1)} min`
  if (value >= 10_000) return `${(value / 1_000).toFixed(0)} s`
  if (value >= 1_000) return `${(value / 1_000).toFixed(1)} s`
  if (value >= 10) return `${value.toFixed(0)} ms`
  // What would round to 1000 µs is a millisecond.
  if (value >= 0.9995) return `${value.toFixed(1)} ms`
  if (value > 0) return `${Math.max(1, Math.round(value * 1_000))} µs`
  return '0'
}

export function usd(value) {
  if (value === 0) return '$0'
  if (value >= 1) return `$${value.toFixed(2)}`
  if (value >= 0.0001) return `$${value.toFixed(4)}`
  return `$${value.toFixed(6)}`
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' })

export function timeOf(iso) {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : clock.format(date)
}

export function percent(share) {
  return `${Math.round(share * 100)} %`
}

export function plural(count, one, many = `${one}s`) {
  return `${count} ${count === 1 ? one : many}`
}

/** The three classes that come with the house have colours of their own; any other gets one from its name. */
export function hueOf(name) {
  const known = { strategic: 268, tactical: 214, simple: 152 }[name]
  if (known !== undefined) return known
  let hash = 0
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 360
  return hash
}
