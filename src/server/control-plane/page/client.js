/** Speaks with the server that this page came from: questions, and the feed of what happens. */

const KEY = 'signalbox.key'
/** The feed says something each second; silence for so long means that the line is dead. */
const SILENCE_MS = 15_000
const RETRY_MS = [500, 1_000, 2_000, 4_000]

/** What the server refused, with its own hint. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `the server answered ${status}`)
    this.status = status
    this.hint = problem.hint ?? ''
  }

  /** No key, or one without the scope: the page itself would not be here if the host were refused. */
  get wantsKey() {
    return this.status === 401 || this.status === 403
  }
}

export function useKey(key) {
  sessionStorage.setItem(KEY, key)
}

function headers(more = {}) {
  const key = sessionStorage.getItem(KEY)
  return key === null ? more : { ...more, authorization: `Bearer ${key}` }
}

async function refusalOf(response) {
  const problem = await response.json().catch(() => ({}))
  const refused = new Refused(response.status, problem)
  if (refused.wantsKey) dispatchEvent(new Event('key-wanted'))
  return refused
}

export async function get(path) {
  const response = await fetch(path, { headers: headers() })
  if (!response.ok) throw await refusalOf(response)
  return response.json()
}

export async function post(path, body, signal) {
  const response = await fetch(path, {
    method: 'POST',
    headers: headers({ 'content-type': 'application/json' }),
    body: JSON.stringify(body),
    signal,
  })
  if (!response.ok) throw await refusalOf(response)
  return response.json()
}

/**
 * Listens for ever: comes back after each loss, sooner first, then every four seconds. `EventSource` would do the same
 * but cannot send a key. `onLink` hears `live`, `lost` or `denied`; `onEvent` a name and its data.
 */
export async function listen(path, onEvent, onLink) {
  for (let losses = 0; ; losses++) {
    try {
      await follow(
        path,
        (name, data) => {
          losses = 0
          onEvent(name, data)
        },
        onLink,
      )
      onLink('lost')
    } catch (error) {
      onLink(error instanceof Refused && error.wantsKey ? 'denied' : 'lost')
    }
    await pause(RETRY_MS[Math.min(losses, RETRY_MS.length - 1)])
  }
}

async function follow(path, onEvent, onLink) {
  const silence = new AbortController()
  let watchdog = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    const response = await fetch(path, { headers: headers(), signal: silence.signal })
    if (!response.ok) throw await refusalOf(response)
    onLink('live')
    let text = ''
    for await (const chunk of readText(response.body)) {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => silence.abort(), SILENCE_MS)
      const frames = (text + chunk).split('\n\n')
      text = frames.pop()
      for (const frame of frames) handOut(frame, onEvent)
    }
  } finally {
    clearTimeout(watchdog)
  }
}

async function* readText(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    yield value
  }
}

function handOut(frame, onEvent) {
  let name = ''
  let data = ''
  for (const line of frame.split('\n')) {
    if (line.startsWith('event: ')) name = line.slice(7)
    else if (line.startsWith('data: ')) data += line.slice(6)
  }
  if (data !== '') onEvent(name, JSON.parse(data))
}

/** Ends early when a key was given: then there is reason to try again. */
function pause(delayMs) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, delayMs)
    function done() {
      clearTimeout(timer)
      removeEventListener('key-given', done)
      resolve()
    }
    addEventListener('key-given', done)
  })
}
