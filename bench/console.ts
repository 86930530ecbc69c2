/**
 * `npm run bench -- --console`: the console in real Chromium, open at the calls, with 10,000 of them in the journal and 1,000 more a second.
 * Two minutes, or twenty seconds with `--quick`. Wants Chromium; CHROMIUM_PATH names another one than Debian's.
 */
import { execFileSync } from 'node:child_process'
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
    const { scrolls, clicks, heaps } = await use(page, seconds, say)
    const sent = await stream.stop()
    const [worstScroll, worstClick] = [quantile(scrolls, 0.99), quantile(clicks, 0.99)]
    const [early, late] = [mean(heaps.slice(0, Math.ceil(heaps.length / 4))), mean(heaps.slice(-Math.ceil(heaps.length / 4)))]
    say(`${String(sent)} calls in ${String(seconds)} s`)
    const throughput = await compare(server, page, Math.max(5, Math.round(seconds / 4)), say)
    return [
      { what: `the console with ${JOURNAL.toLocaleString('en')} calls and ${String(Math.round(sent / seconds))} more a second: a scroll is drawn, 99 of 100`, figure: `${worstScroll.toFixed(0)} ms`, target: `below ${String(SLOWEST)} ms`, met: worstScroll < SLOWEST },
      { what: 'the same: a click on a call opens it, 99 of 100', figure: `${worstClick.toFixed(0)} ms`, target: `below ${String(SLOWEST)} ms`, met: worstClick < SLOWEST },
      { what: `the same: memory of the page over ${String(seconds)} s`, figure: `${early.toFixed(1)} to ${late.toFixed(1)} MiB; × ${(late / early).toFixed(2)}`, target: 'flat: below × 1.1', met: late / early < 1.1 },
      { what: 'throughput of the stub with the console open, beside without; page, load and stub share the machine', figure: `× ${throughput.rate.toFixed(3)}`, target: 'above × 0.95', met: throughput.rate > 0.95 },
      { what: 'processor time of the stub for a call with the console open, beside without', figure: `× ${throughput.cpu.toFixed(3)}`, target: 'below × 1.05', met: throughput.cpu < 1.05 },
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

/** Scrolls and clicks until the time is over. Both are timed in the page: from the event to the frame that shows what it did. */
async function use(page: Page, seconds: number, say: (line: string) => void): Promise<{ scrolls: number[]; clicks: number[]; heaps: number[] }> {
  const [scrolls, clicks, heaps]: [number[], number[], number[]] = [[], [], []]
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    for (let i = 0; i < 10; i++) scrolls.push(await page.evaluate<number>(SCROLL))
    clicks.push(await page.evaluate<number>(CLICK))
    await page.keyboard.press('Escape')
    heaps.push(await page.evaluate<number>(HEAP))
  }
  say(`${String(scrolls.length)} scrolls, ${String(clicks.length)} clicks; scroll ${quantile(scrolls, 0.5).toFixed(0)} / ${Math.max(...scrolls).toFixed(0)} ms, click ${quantile(clicks, 0.5).toFixed(0)} / ${Math.max(...clicks).toFixed(0)} ms (median / worst)`)
  return { scrolls, clicks, heaps }
}

const DRAWN = 'new Promise((resolve) => requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(null) }))'
const SCROLL = `(async () => {
  const rows = document.querySelector('.rows')
  const begun = performance.now()
  rows.scrollTop = Math.random() * rows.scrollHeight
  await ${DRAWN}
  return performance.now() - begun
})()`
const CLICK = `(async () => {
  const row = document.querySelectorAll('.rows .call')[12]
  const begun = performance.now()
  row.click()
  while (document.querySelector('.detail') === null) await ${DRAWN}
  return performance.now() - begun
})()`
const TOP = "document.querySelector('.rows').scrollTop = 0"
const BOTTOM = `(async () => {
  const rows = document.querySelector('.rows')
  rows.scrollTop = rows.scrollHeight
  await ${DRAWN}
})()`
const HEAP = '(gc(), performance.memory.usedJSHeapSize / 1048576)'

/** Calls a second, and milliseconds of the stub's processor for each. */
interface Pace {
  readonly rate: number
  readonly cpu: number
}

/** Seconds of each measurement: short, so that both of a pair meet the same machine. */
const SLICE = 1

/** @returns the pace with the page open, divided by that with the page closed: the median of pairs, of which every other one begins with the open page */
async function compare(server: Running, page: Page, pairs: number, say: (line: string) => void): Promise<Pace> {
  const address = page.url()
  const pace = async (isOpen: boolean): Promise<Pace> => {
    await page.goto(isOpen ? address : 'about:blank')
    if (isOpen) await page.locator('.rows .call').first().waitFor()
    const before = server.cpu()
    const { rate, requests } = await load(server, 'code', SLICE)
    return { rate, cpu: (server.cpu() - before) / requests }
  }
  const ratios: Pace[] = []
  for (let pair = 0; pair < pairs; pair++) {
    const first = await pace(pair % 2 === 1)
    const second = await pace(pair % 2 === 0)
    const [without, beside] = pair % 2 === 0 ? [first, second] : [second, first]
    ratios.push({ rate: beside.rate / without.rate, cpu: beside.cpu / without.cpu })
    say(`${tell(without)} without the console, ${tell(beside)} with it`)
  }
  return { rate: quantile(ratios.map(({ rate }) => rate), 0.5), cpu: quantile(ratios.map(({ cpu }) => cpu), 0.5) }
}

function tell({ rate, cpu }: Pace): string {
  return `${rate.toFixed(0)} calls a second at ${(cpu * 1000).toFixed(0)} µs`
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
