/** `npm run screenshots`: the pictures of docs/console.md, of a stub that has just seen some calls. Wants Chromium; CHROMIUM_PATH names another one than Debian's. */
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { startServer } from '../src/server.js'
import { loadSystems } from '../src/systems/load.js'
import { buildConsole } from './console/build.js'
import { play } from './console/scene.js'

const FOLDER = 'docs/console'
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const WIDE = { width: 1200, height: 760 }
const PHONE = { width: 360, height: 740 }

const PICTURES = [
  { name: 'overview', path: '/', viewport: WIDE, colorScheme: 'light', locale: 'en-US' },
  { name: 'calls', path: '/__console/calls/4', viewport: WIDE, colorScheme: 'light', locale: 'en-US' },
  { name: 'people', path: '/__console/people', viewport: WIDE, colorScheme: 'dark', locale: 'en-US' },
  { name: 'clock', path: '/__console/clock', viewport: WIDE, colorScheme: 'light', locale: 'en-US' },
  { name: 'faults', path: '/__console/faults', viewport: WIDE, colorScheme: 'dark', locale: 'en-US' },
  { name: 'phone', path: '/__console/sms', viewport: PHONE, colorScheme: 'light', locale: 'zh-CN' },
] as const

await buildConsole('dist/console')
const server = await startServer({ systems: await loadSystems([]) })
await play(server.url)
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: FLAGS })
mkdirSync(FOLDER, { recursive: true })
for (const { name, path, ...settings } of PICTURES) {
  const page = await browser.newPage(settings)
  await page.goto(server.url + path)
  await page.locator('main :is(.card li, .card .big-code, .system-card button, .detail-body, .people .tr:nth-child(3), .dying li)').first().waitFor()
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: 'disabled' })
  await page.close()
}
await browser.close()
await server.close()
