/**
 * `npm run bench -- --console`: the console in real Chromium, open at the calls, with 10,000 of them in the journal and 1,000 more a second.
 * Two minutes, or twenty seconds with `--quick`. Wants Chromium; CHROMIUM_PATH names another one than Debian's.
 */
import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { createClient } from './client.js'
import { type Contender, understudy } from './contenders.js'
import type { Growth } from './growth.js'
import { load, urlOf } from './load.js'
import { pinned, type Running, start } from './process.js'

const JOURNAL = 10_000
/** Calls a second, sent in as many bursts as this. */
const RATE = 1000
const BURSTS = 50
/** A person notices more than this. */
const SLOWEST = 100
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--js-flags=--expose-gc']

const served: Contender = { ...understudy, command: (port) => [...understudy.command(port), '--journal', String(JOURNAL)] }

/** @returns how quickly the page answers, what it holds, and what the stub loses to it */
export async function measureConsole(seconds: number, say: (line: string) => void): Promise<Growth[]> {
  const server = await start(served)
  // What begins from here on stays off the stub's core, as it would on a machine that has more of them.
  if (pinned) execFileSync('taskset', ['-cp', '1', String(process.pid)], { stdio: 'ignore' })
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: FLAGS })
  try {
    await fill(server)
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(`${urlOf(server)}/__console/calls`)
    await page.getByRole('row').nth(5).waitFor()
    await readAll(page)
    const stream = pour(server)
    // Until the browser's own lists are full, of requests that were made and of places that were visited: both end by themselves.
    const warming = seconds / 4
    await use(page, warming, say)
    const { scrolls, clicks, heaps } = await use(page, seconds, say)
    const sent = await stream.stop()
    const [worstScroll, worstClick] = [quantile(scrolls, 0.99), quantile(clicks, 0.99)]
    const [early, late] = [mean(heaps.slice(0, Math.ceil(heaps.length / 4))), mean(heaps.slice(-Math.ceil(heaps.length / 4)))]
    say(`${String(sent)} calls in ${String(warming + seconds)} s`)
    const spent = await spentOnPage(server, page, Math.max(3, Math.round(seconds / 10)), 4, say)
    await page.goto('about:blank')
    const throughput = await beside(server, Math.max(5, Math.round(seconds / 6)), say)
    return [
      { what: `with ${JOURNAL.toLocaleString('en')} calls and ${String(Math.round(sent / (warming + seconds)))} more a second: a scroll is drawn, 99 of 100`, figure: `${worstScroll.toFixed(0)} ms`, target: `below ${String(SLOWEST)} ms`, met: worstScroll < SLOWEST },
      { what: `a click on a call opens it, 99 of 100`, figure: `${worstClick.toFixed(0)} ms`, target: `below ${String(SLOWEST)} ms`, met: worstClick < SLOWEST },
      { what: `memory of the page over ${String(seconds)} s`, figure: `${early.toFixed(1)} to ${late.toFixed(1)} MiB; × ${(late / early).toFixed(2)}`, target: 'flat: below × 1.1', met: late / early < 1.1 },
      { what: `what the stub spends on it while ${RATE.toLocaleString('en')} calls a second arrive`, figure: `${(spent * 100).toFixed(2)} % of its core`, target: 'below 5 %', met: spent < 0.05 },
      { what: `throughput of the stub under full load while a program reads what it reads, beside unread`, figure: `× ${throughput.toFixed(3)}`, target: 'above × 0.95', met: throughput > 0.95 },
    ]
  } finally {
    await browser.close()
    await server.stop()
  }
}

const call = createClient(16)

/** @returns the path of a call; not all are about one phone, whose record would grow with every code */
function pathOf(turn: number): string {
  return `/live/auth/code?mobile=139${String(turn % 20_000).padStart(8, '0')}`
}

async function fill(server: Running): Promise<void> {
  for (let sent = 0; sent < JOURNAL; sent += 100) await Promise.all(Array.from({ length: 100 }, (_, i) => call(urlOf(server) + pathOf(sent + i))))
}

/** Sends calls at the rate, whatever the page does. */
function pour(server: Running): { stop(): Promise<number> } {
  let sent = 0
  let last: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    const burst = RATE / BURSTS
    last = Promise.all(Array.from({ length: burst }, (_, i) => call(urlOf(server) + pathOf(sent + i))))
    sent += burst
  }, 1000 / BURSTS)
  return {
    stop: async () => {
      clearInterval(timer)
      await last
      return sent
    },
  }
}

/** Scrolls down until the page holds all that it is to hold, so that what it then grows by is no page that was read later. */
async function readAll(page: Page): Promise<void> {
  while (await page.getByText('older ones come as you scroll').isVisible()) await page.evaluate(BOTTOM)
  await page.getByText(`${JOURNAL.toLocaleString('en')} calls`).waitFor()
  await page.evaluate(TOP)
}

/** What was timed in the page, in milliseconds, and what its heap held after each round, in MiB. */
interface Used {
  readonly scrolls: number[]
  readonly clicks: number[]
  readonly heaps: number[]
}

/** Scrolls and clicks until the time is over. All of it is one script: each command that a driver gives leaves something behind in the page's heap. */
async function use(page: Page, seconds: number, say: (line: string) => void): Promise<Used> {
  const used = await page.evaluate<Used>(`(${USE})(${String(seconds * 1000)})`)
  const { scrolls, clicks } = used
  say(`${String(scrolls.length)} scrolls, ${String(clicks.length)} clicks; scroll ${quantile(scrolls, 0.5).toFixed(0)} / ${Math.max(...scrolls).toFixed(0)} ms, click ${quantile(clicks, 0.5).toFixed(0)} / ${Math.max(...clicks).toFixed(0)} ms (median / worst)`)
  return used
}

const DRAWN = 'new Promise((resolve) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(null) }))'
/** Times from the event to the frame that shows what it did. */
const USE = `async (duration) => {
  const [scrolls, clicks, heaps] = [[], [], []]
  const timed = async (times, act) => {
    const begun = performance.now()
    await act()
    times.push(performance.now() - begun)
  }
  for (const end = performance.now() + duration; performance.now() < end;) {
    const rows = document.querySelector('.rows')
    for (let i = 0; i < 10; i++) await timed(scrolls, () => {
      rows.scrollTop = Math.random() * rows.scrollHeight
      return ${DRAWN}
    })
    const row = document.querySelectorAll('.rows .call')[12]
    await timed(clicks, async () => {
      row.click()
      while (document.querySelector('.detail') === null) await ${DRAWN}
    })
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    while (document.querySelector('.detail') !== null) await ${DRAWN}
    gc()
    heaps.push(performance.memory.usedJSHeapSize / 1048576)
  }
  return { scrolls, clicks, heaps }
}`
const TOP = "document.querySelector('.rows').scrollTop = 0"
const BOTTOM = `(async () => {
  const rows = document.querySelector('.rows')
  rows.scrollTop = rows.scrollHeight
  await ${DRAWN}
})()`

/**
 * What the stub spends on a page that is open while calls come in at the rate, as a part of its core. Under full load this cannot be seen with a browser:
 * on two cores the page takes from the load what the load would ask of the stub.
 * @param seconds of each slice, of which every other one begins with the open page
 */
async function spentOnPage(server: Running, page: Page, pairs: number, seconds: number, say: (line: string) => void): Promise<number> {
  const address = page.url()
  const spent = async (isOpen: boolean): Promise<number> => {
    await page.goto(isOpen ? address : 'about:blank')
    if (isOpen) await page.locator('.rows .call').first().waitFor()
    const stream = pour(server)
    await pause(1000)
    const [before, begun] = [server.cpu(), performance.now()]
    await pause(seconds * 1000)
    const part = (server.cpu() - before) / (performance.now() - begun)
    await stream.stop()
    return part
  }
  let [open, closed] = [0, 0]
  for (let pair = 0; pair < pairs; pair++) {
    for (const isOpen of pair % 2 === 0 ? [true, false] : [false, true]) {
      const part = await spent(isOpen)
      if (isOpen) open += part / pairs
      else closed += part / pairs
    }
  }
  say(`${(closed * 100).toFixed(2)} % of a core for ${String(RATE)} calls a second without the console, ${(open * 100).toFixed(2)} % with it`)
  return open - closed
}

/** @returns calls a second under full load while a program reads what the page reads, divided by those without: the median of pairs */
async function beside(server: Running, pairs: number, say: (line: string) => void): Promise<number> {
  const rate = async (isRead: boolean): Promise<number> => {
    const reader = isRead ? await readAsPage(server) : null
    const measured = await load(server, 'code', 2)
    await reader?.stop()
    return measured.rate
  }
  const ratios: number[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const first = await rate(pair % 2 === 0)
    const second = await rate(pair % 2 === 1)
    const [read, unread] = pair % 2 === 0 ? [first, second] : [second, first]
    ratios.push(read / unread)
    say(`${unread.toFixed(0)} calls a second unread, ${read.toFixed(0)} while they are read`)
  }
  return quantile(ratios, 0.5)
}

/** Follows the stream of lines and looks at the sandbox every second, as the page does, and keeps nothing. */
async function readAsPage(server: Running): Promise<{ stop(): Promise<void> }> {
  const over = new AbortController()
  const sandbox = `${urlOf(server)}/__admin/sandboxes/default`
  const stream = await fetch(`${sandbox}/requests/lines/stream`, { signal: over.signal })
  const drained = stream.body?.pipeTo(new WritableStream()).catch(() => undefined)
  const timer = setInterval(() => void call(sandbox), 1000)
  return {
    stop: async () => {
      clearInterval(timer)
      over.abort()
      await drained
    },
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
