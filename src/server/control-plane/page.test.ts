import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorTable, SignalboxError } from '../../core/errors.ts'
import { launchChromium } from './browser-harness.ts'
import { jsonOf, runControlPlane } from './harness.ts'

let browser: Browser | undefined
let tab: Page | undefined
beforeAll(async () => {
  browser = await launchChromium()
  tab = await browser?.newPage({ viewport: { width: 1200, height: 900 } })
  tab?.setDefaultTimeout(8_000)
})
afterAll(() => browser?.close())

/** What the browser complained about, and whom it asked besides us. */
interface Visit {
  readonly page: Page
  readonly complaints: string[]
}

/** One tab for all: each test's server has a new port, so the browser remembers nothing from one to the next. */
function inChromium(title: string, run: (visit: Visit) => Promise<void>): void {
  it(title, async (context) => {
    if (!tab) return context.skip('skipped: no chromium')
    const page = tab.removeAllListeners()
    // The page of the test before still looks for its server, and the browser says so.
    await page.goto('about:blank')
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await run({ page, complaints })
  })
}

describe('the files of the page', () => {
  it('come with types, etags and a policy, and answer HEAD', async () => {
    await using plane = await runControlPlane()
    const response = await fetch(plane.url)
    const html = await response.text()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    const files = [...html.matchAll(/(?:src|href)="(page\/[^"]+)"/g)].map(([, file]) => file ?? '')
    expect(files.length).toBeGreaterThan(3)
    for (const file of files) {
      const head = await fetch(`${plane.url}/${file}`, { method: 'HEAD' })
      expect([file, head.status]).toEqual([file, 200])
      const etag = head.headers.get('etag') ?? ''
      expect(etag).toMatch(/^"[\w-]{22}"$/)
      const again = await fetch(`${plane.url}/${file}`, { headers: { 'if-none-match': `"other", ${etag}` } })
      expect(again.status).toBe(304)
      expect(await again.text()).toBe('')
    }
  })

  it('hold nothing inline and nothing from elsewhere', async () => {
    await using plane = await runControlPlane()
    const html = await (await fetch(plane.url)).text()
    expect(html).not.toMatch(/ style=| on[a-z]+=|<style|<script(?![^>]+src=)/)
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  })
})

describe('the page in a browser', () => {
  inChromium('shows fleet, queue and vitals, and follows the snapshots', async ({ page, complaints }) => {
    await using plane = await runControlPlane()
    await page.goto(plane.url)
    await page.getByText('normal mode').waitFor()
    expect(await page.locator('.pool h3').allTextContents()).toEqual(['opus', 'haiku'])
    const card = page.locator('[data-worker="opus-1"]')
    expect(await card.locator('.state').textContent()).toBe('healthy')
    expect(await card.locator('.slots .taken').count()).toBe(0)

    const { facts } = plane.engine
    facts.workers = facts.workers.map((worker) => ({
      ...worker,
      state: 'unhealthy',
      breaker: 'open',
      inFlight: 3,
    }))
    facts.queue = { ...facts.queue, depth: 7, byPriority: { ...facts.queue.byPriority, high: 7 } }
    facts.mode = 'emergency'
    facts.ready = false
    plane.clock.advance(1_000)
    await page.getByText('emergency mode').waitFor()
    expect(await page.locator('#ready').textContent()).toBe('not ready')
    expect(await card.locator('.state').textContent()).toBe('unhealthy')
    expect(await card.locator('.breaker').textContent()).toBe('breaker open')
    expect(await card.locator('.slots .taken').count()).toBe(3)
    expect(await page.locator('[data-priority="high"] .count').textContent()).toBe('7')
    expect(complaints).toEqual([])
  })

  inChromium('drains a worker and takes it back', async ({ page }) => {
    await using plane = await runControlPlane()
    await page.goto(plane.url)
    await page.getByRole('button', { name: 'Drain opus-1', exact: true }).click()
    const sure = page.getByRole('button', { name: 'Sure? Drain opus-1' })
    await sure.waitFor()
    // A snapshot in between leaves the question standing, and nothing has been drained by one press.
    plane.clock.advance(1_000)
    expect(plane.engine.facts.workers[0]?.draining).toBe(false)
    await sure.click()
    await page.getByRole('button', { name: 'Take back opus-1' }).waitFor()
    expect(plane.engine.facts.workers[0]?.draining).toBe(true)
    await page.getByRole('button', { name: 'Take back opus-1' }).click()
    await page.getByRole('button', { name: 'Drain opus-1', exact: true }).waitFor()
    expect(plane.engine.facts.workers[0]?.draining).toBe(false)
  })

  inChromium('asks anew when the pointer went elsewhere before the second press', async ({ page }) => {
    await using plane = await runControlPlane()
    await page.goto(plane.url)
    await page.getByRole('button', { name: 'Drain opus-1', exact: true }).click()
    await page.getByRole('textbox', { name: 'Sentence' }).click()
    await page.getByRole('button', { name: 'Drain opus-1', exact: true }).click()
    await page.getByRole('button', { name: 'Sure? Drain opus-1' }).waitFor()
    expect(plane.engine.facts.workers[0]?.draining).toBe(false)
  })

  inChromium('tells what callers did wrong from what failed, for every code there is', async ({ page }) => {
    await using plane = await runControlPlane()
    await page.goto(plane.url)
    await page.getByText('normal mode').waitFor()
    const codes = Object.entries(errorTable)
    for (const [outcome] of codes) plane.engine.finish({ outcome })
    await expect.poll(() => page.locator('.outcome').count()).toBe(codes.length)
    for (const [code, { domain }] of codes) {
      const kind = domain === 'caller' || code === 'worker-refused' ? 'refused' : 'failed'
      const word = page.locator('.outcome').filter({ hasText: new RegExp(`^${code}$`) })
      expect([code, await word.getAttribute('data-kind')]).toEqual([code, kind])
    }
    const refused = codes.filter(([code, { domain }]) => domain === 'caller' || code === 'worker-refused')
    const sum = await page.locator('#decisions-sum').textContent()
    expect(sum).toContain(`${codes.length - refused.length} failed · ${refused.length} refused or cancelled`)
  })

  inChromium('gives every card the same width, whatever its pool', async ({ page }) => {
    await using plane = await runControlPlane()
    const [first] = plane.engine.facts.workers
    if (!first) throw new Error('the fake engine has workers')
    const pool = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...first, id: `${name}-${index + 1}`, pool: name }))
    plane.engine.facts.workers = [...pool('opus', 1), ...pool('sonnet', 4), ...pool('haiku', 2)]
    await page.goto(plane.url)
    await page.locator('.card').nth(6).waitFor()
    for (const width of [1280, 1000, 700]) {
      await page.setViewportSize({ width, height: 900 })
      const widths = await page
        .locator('.card')
        .evaluateAll((cards) => cards.map((card) => Math.round(card.getBoundingClientRect().width)))
      expect(new Set(widths).size, `${width}: ${widths.join()}`).toBe(1)
    }
  })

  inChromium('gives long times in milliseconds', async ({ page }) => {
    await using plane = await runControlPlane()
    await page.route('**/api/classify', async (route) => {
      const response = await route.fetch()
      const judged = { ...(await jsonOf<object>(new Response(await response.text()))), micros: 25_561 }
      await route.fulfill({ response, json: judged })
    })
    await page.goto(plane.url)
    await page.getByRole('textbox', { name: 'Sentence' }).fill('plan it')
    await page.locator('#try-result').getByText(', in 26 ms').waitFor()
  })

  inChromium('tells an empty house what to do', async ({ page }) => {
    await using plane = await runControlPlane()
    plane.engine.facts.workers = []
    await page.goto(plane.url)
    await page.getByText('No workers yet').waitFor()
    const command = await page.locator('.command code').textContent()
    expect(command).toContain(`curl ${plane.url}/api/messages`)
    plane.engine.finish()
    await page.locator('.decisions tbody tr').waitFor()
    expect(await page.locator('.command').isVisible()).toBe(false)
  })

  inChromium('shows decisions as they come and opens the journey of one by keyboard', async ({ page }) => {
    await using plane = await runControlPlane()
    plane.engine.finish({ class: 'simple', worker: 'haiku-1', at: '2026-01-01T00:00:00.000Z' })
    await page.goto(plane.url)
    await page.getByRole('cell', { name: 'simple' }).waitFor()
    plane.engine.finish({ class: 'tactical', outcome: 'worker-failed', at: '2026-01-01T00:00:01.000Z' })
    await page.getByRole('cell', { name: 'worker-failed' }).waitFor()
    const classes = await page.locator('.decisions tbody .class').allTextContents()
    expect(classes).toEqual(['tactical', 'simple'])

    await page.locator('.row-open').first().press('Enter')
    const journey = page.getByRole('dialog', { name: 'Journey' })
    await journey.locator('.waterfall').first().waitFor()
    expect(await journey.locator('.waterfall .span-name').allTextContents()).toEqual([
      'classify',
      'queue',
      'select',
      'upstream',
    ])
    expect(await journey.locator('.reasons').textContent()).toContain('plan')
    await page.keyboard.press('Escape')
    await journey.waitFor({ state: 'hidden' })
  })

  inChromium('keeps two hundred rows, and none more while paused', async ({ page }) => {
    await using plane = await runControlPlane()
    await page.goto(plane.url)
    await page.getByText('normal mode').waitFor()
    for (let count = 0; count < 260; count++) plane.engine.finish()
    const rows = page.locator('.decisions tbody tr')
    await expect.poll(() => rows.count()).toBe(200)
    await page.getByRole('button', { name: 'Pause' }).click()
    const { id } = plane.engine.finish()
    await page.getByRole('button', { name: 'Resume (1 new)' }).click()
    await page.locator(`tr[data-id="${id}"]`).waitFor()
    expect(await rows.count()).toBe(200)
  })

  inChromium(
    'explains a sentence while it is typed, and sends it when asked to',
    async ({ page, complaints }) => {
      await using plane = await runControlPlane()
      await page.goto(plane.url)
      await page.getByRole('textbox', { name: 'Sentence' }).fill('plan it and fix it')
      const result = page.locator('#try-result')
      await result.getByText('would answer with claude-opus-5-5').waitFor()
      expect(await result.locator('.class').textContent()).toBe('strategic')
      expect(await result.locator('.reasons .weight').allTextContents()).toEqual(['+10', '+8'])
      expect(plane.engine.sent).toHaveLength(0)

      await page.getByRole('button', { name: 'Send for real' }).click()
      expect(await result.locator('.reply').textContent()).toBe('You said: plan it and fix it')
      expect(await result.locator('.waterfall li').count()).toBe(4)
      expect(plane.engine.sent).toHaveLength(1)
      await page.locator('.decisions tbody tr').waitFor()
      expect(complaints).toEqual([])
    },
  )

  inChromium('says what a refusal says', async ({ page }) => {
    await using plane = await runControlPlane({
      fake: {
        answer() {
          throw new SignalboxError('queue-full', 'the queue is full')
        },
      },
    })
    await page.goto(plane.url)
    await page.getByRole('textbox', { name: 'Sentence' }).fill('hello')
    await page.getByRole('button', { name: 'Send for real' }).click()
    const problem = await page.locator('#try-result .problem').textContent()
    expect(problem).toContain('the queue is full')
    expect(problem).toContain('retry-after')
  })

  inChromium('shows text as text, whatever it holds', async ({ page, complaints }) => {
    const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`
    await using plane = await runControlPlane()
    const { facts } = plane.engine
    facts.workers = facts.workers.map((worker) => ({ ...worker, id: evil, pool: evil, model: evil }))
    await page.goto(plane.url)
    plane.engine.finish(
      {
        class: evil,
        worker: evil,
        model: evil,
        outcome: evil,
        session: evil,
        asked: evil,
        route: evil,
        losses: [evil],
        reasons: [{ signal: evil, detail: evil, weight: 1 }],
        attempts: [{ worker: evil, outcome: evil, ms: 1 }],
      },
      [{ name: 'upstream', startMs: 0, durationMs: 1, note: evil }],
    )
    await page.locator('.row-open').click()
    await page.getByRole('dialog').locator('.waterfall').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: 'Sentence' }).fill(`plan ${evil}`)
    await page.getByRole('button', { name: 'Send for real' }).click()
    await page.locator('.reply').waitFor()
    expect(await page.locator('.reply').textContent()).toContain(evil)
    expect(await page.locator('img').count()).toBe(1)
    expect(await page.locator('script').count()).toBe(1)
    expect(await page.title()).not.toBe('owned')
    expect(complaints).toEqual([])
  })

  inChromium(
    'finds its way back after a restart of the server, and reads what it missed',
    async ({ page }) => {
      const first = await runControlPlane()
      await page.goto(first.url)
      const link = page.locator('#link')
      await expect.poll(() => link.textContent()).toBe('live')
      await first.close()
      await expect.poll(() => link.textContent()).toBe('reconnecting…')
      await using second = await runControlPlane({ port: first.port })
      const { id } = second.engine.finish({ id: 'f'.repeat(32) })
      await expect.poll(() => link.textContent(), { timeout: 8_000 }).toBe('live')
      await page.locator(`tr[data-id="${id}"]`).waitFor()
    },
  )

  inChromium('asks for a key where the server wants one, and for nothing of others', async ({ page }) => {
    const wanted = (authorization: string | undefined) =>
      authorization === 'Bearer open sesame' ? undefined : new SignalboxError('unauthorized', 'no key')
    await using plane = await runControlPlane({
      access: {
        control: ({ authorization }) => wanted(authorization),
        metrics: ({ authorization }) => wanted(authorization),
      },
    })
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    await page.goto(plane.url)
    await page.getByLabel('Key', { exact: true }).fill('open sesame')
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.getByText('normal mode').waitFor()
    expect([...asked]).toEqual([plane.url])
  })

  inChromium('fits a screen of 360 pixels, in the dark too', async ({ page }) => {
    await using plane = await runControlPlane()
    await page.setViewportSize({ width: 360, height: 740 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(plane.url)
    plane.engine.finish({
      outcome: 'deadline-exceeded',
      class: 'a-class-with-a-long-name',
      model: 'm'.repeat(90),
    })
    await page.locator('.decisions tbody tr').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    plane.engine.finish({ outcome: 'unsupported-media-type', class: 'strategic', worker: 'sonnet-2' })
    plane.engine.finish({ outcome: 'untranslatable', class: 'strategic', worker: 'sonnet-2' })
    await page.locator('.outcome', { hasText: 'untranslatable' }).waitFor()
    const hidden = 'decisions.scrollWidth - decisions.clientWidth'
    expect(await page.evaluate(hidden)).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(18, 19, 21)')
  })
})
