import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { DECISIONS_PER_SECOND_MAX, LISTENERS_MAX } from './feed.ts'
import { runControlPlane } from './harness.ts'
import { feedEvent } from './response-schemas.ts'

/** Reads frames of a stream one after the other. */
async function listen(url: string) {
  const leaving = new AbortController()
  const response = await fetch(url, { signal: leaving.signal })
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  let text = ''
  async function frame(): Promise<string> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const found = text.slice(0, end)
        text = text.slice(end + 2)
        return found
      }
      const chunk = await reader?.read()
      if (!chunk || chunk.done) return 'end of stream'
      text += decoder.decode(chunk.value, { stream: true })
    }
  }
  async function event(): Promise<{ readonly name: string; readonly data: Record<string, unknown> }> {
    const [name, data] = (await frame()).split('\n')
    return {
      name: name?.slice('event: '.length) ?? '',
      data: JSON.parse(data?.slice('data: '.length) ?? 'null'),
    }
  }
  return { response, frame, event, leave: () => leaving.abort() }
}

describe('the feed', () => {
  it('begins with a snapshot and tells what happens', async () => {
    await using plane = await runControlPlane()
    const { response, frame, event } = await listen(`${plane.url}/api/events`)
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(await frame()).toBe('retry: 1000')
    expect(await event()).toMatchObject({
      name: 'snapshot',
      data: { mode: 'normal', ready: true, queue: { depth: 0 }, skippedDecisions: 0 },
    })

    const { id } = plane.engine.finish({ class: 'simple' })
    expect(await event()).toMatchObject({ name: 'decision', data: { id, class: 'simple' } })
    const { events } = plane.engine
    events.publish('worker-state', { worker: 'opus-1', from: 'healthy', to: 'unhealthy' })
    events.publish('breaker-state', { worker: 'opus-1', from: 'closed', to: 'open' })
    events.publish('mode-changed', { from: 'normal', to: 'degraded', cause: 'queue' })
    expect(await event()).toMatchObject({ name: 'worker-state', data: { worker: 'opus-1', to: 'unhealthy' } })
    expect(await event()).toMatchObject({ name: 'breaker-state', data: { to: 'open' } })
    expect(await event()).toMatchObject({ name: 'mode-changed', data: { to: 'degraded' } })
  })

  it('sends what the document says', async () => {
    await using plane = await runControlPlane()
    const { frame, event } = await listen(`${plane.url}/api/events`)
    await frame()
    plane.engine.finish()
    plane.engine.events.publish('mode-changed', { from: 'normal', to: 'degraded', cause: 'queue' })
    for (let count = 0; count < 3; count++) {
      const { name, data } = await event()
      expect(feedEvent.safeParse({ event: name, data }).error).toBeUndefined()
    }
  })

  it('sends a snapshot each second and a sign of life each ten', async () => {
    await using plane = await runControlPlane()
    const { frame, event } = await listen(`${plane.url}/api/events`)
    await frame()
    await event()
    plane.engine.facts.mode = 'emergency'
    plane.clock.advance(10_000)
    for (let second = 0; second < 9; second++)
      expect(await event()).toMatchObject({ data: { mode: 'emergency' } })
    const last = [await frame(), await frame()]
    expect(last.some((text) => text.startsWith(':'))).toBe(true)
  })

  it('runs no timer while nobody listens', async () => {
    await using plane = await runControlPlane()
    expect(plane.clock.pendingTimers).toBe(0)
    const { frame, leave } = await listen(`${plane.url}/api/events`)
    await frame()
    expect(plane.clock.pendingTimers).toBe(2)
    leave()
    await expect.poll(() => plane.clock.pendingTimers).toBe(0)
  })

  it('leaves decisions out beyond what a watcher can use, and says how many', async () => {
    await using plane = await runControlPlane()
    const { frame, event } = await listen(`${plane.url}/api/events`)
    await frame()
    await event()
    for (let count = 0; count < DECISIONS_PER_SECOND_MAX + 25; count++) plane.engine.finish()
    plane.clock.advance(1_000)
    for (let count = 0; count < DECISIONS_PER_SECOND_MAX; count++)
      expect((await event()).name).toBe('decision')
    expect(await event()).toMatchObject({ name: 'snapshot', data: { skippedDecisions: 25 } })
    plane.engine.finish()
    expect((await event()).name).toBe('decision')
  })

  it('cuts off a listener that does not read', async () => {
    await using plane = await runControlPlane()
    const socket = connect(plane.port, '127.0.0.1')
    socket.write('GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await new Promise((resolve) => socket.once('readable', resolve))
    socket.pause()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    // Far more than the kernel's buffers hold.
    const text = 'x'.repeat(1024 * 1024)
    for (let count = 0; count < 40; count++) plane.engine.finish({ text })
    await expect.poll(() => plane.clock.pendingTimers).toBe(0)
    socket.resume()
    await closed
  })

  it(`takes ${LISTENERS_MAX} listeners and refuses one more`, async () => {
    await using plane = await runControlPlane()
    const all = await Promise.all(
      Array.from({ length: LISTENERS_MAX }, () => listen(`${plane.url}/api/events`)),
    )
    const refused = await fetch(`${plane.url}/api/events`)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('10')
    all[0]?.leave()
    await expect
      .poll(async () => {
        const again = await listen(`${plane.url}/api/events`)
        return again.response.status
      })
      .toBe(200)
  })

  it('ends its streams when the control plane closes', async () => {
    const plane = await runControlPlane()
    const { frame } = await listen(`${plane.url}/api/events`)
    await frame()
    await frame()
    await plane.close()
    expect(await frame()).toBe('end of stream')
  })

  it('begins no stream while the process drains, though other requests are still answered', async () => {
    await using running = await runControlPlane()
    await running.plane.close()
    expect((await fetch(`${running.url}/api/events`)).status).toBe(503)
    running.engine.facts.ready = false
    const readiness = await fetch(`${running.url}/readyz`)
    expect(readiness.status).toBe(503)
    expect(await readiness.json()).toEqual({ ready: false, mode: 'normal' })
  })

  it('has no HEAD, which would never end', async () => {
    await using plane = await runControlPlane()
    const response = await fetch(`${plane.url}/api/events`, { method: 'HEAD' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
  })
})
