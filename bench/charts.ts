/** The results as pictures: SVG in a light and a dark version, for READMEs to choose from. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, works } from './contenders.js'
import type { Growth } from './growth.js'
import { TITLES } from './report.js'
import type { Row } from './rounds.js'

interface Theme {
  readonly ink: string
  readonly faint: string
  readonly rule: string
  readonly own: string
  readonly other: string
  readonly lines: readonly string[]
}

const themes: Readonly<Record<'light' | 'dark', Theme>> = {
  light: { ink: '#1f2328', faint: '#59636e', rule: '#d1d9e0', own: '#0f766e', other: '#b6c2cc', lines: ['#0f766e', '#b45309', '#1d4ed8', '#9333ea'] },
  dark: { ink: '#f0f6fc', faint: '#9198a1', rule: '#3d444d', own: '#2dd4bf', other: '#57606a', lines: ['#2dd4bf', '#fbbf24', '#60a5fa', '#c084fc'] },
}

const WIDTH = 760
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, sans-serif"'
/** Bars begin here, right of the names. */
const BARS = 220
const ROW = 20

/** Writes `docs/picture/throughput-<theme>.svg`. */
export function drawThroughput(rows: readonly Row[]): void {
  draw('throughput', (theme) => throughput(rows, theme))
}

/** Writes `docs/picture/growth-<theme>.svg`. */
export function drawGrowth(growth: readonly Growth[]): void {
  draw('growth', (theme) => lines(growth, theme))
}

function draw(picture: string, drawn: (theme: Theme) => string): void {
  const folder = join(root, 'docs', 'picture')
  mkdirSync(folder, { recursive: true })
  for (const [name, theme] of Object.entries(themes)) writeFileSync(join(folder, `${picture}-${name}.svg`), drawn(theme))
}

/** Bars for each work: requests per second, everybody's. */
function throughput(rows: readonly Row[], theme: Theme): string {
  const parts: string[] = []
  let y = 40
  for (const work of works) {
    const doing = rows.flatMap(({ name, works: done }) => (done[work] === undefined ? [] : [{ name, ...done[work] }])).sort((a, b) => b.rate - a.rate)
    // Bare node:http does nothing but answer; drawn to its scale the others could not be told apart.
    const shown = doing.filter(({ name }) => name !== 'bare node:http')
    const most = Math.max(...shown.map(({ rate }) => rate))
    parts.push(text(16, y, TITLES[work], { fill: theme.ink, weight: 600 }))
    y += 12
    for (const { name, rate, ratio } of shown) {
      const length = Math.max(1, (rate / most) * (WIDTH - BARS - 130))
      const own = name.startsWith('Understudy')
      parts.push(text(BARS - 8, y + 13, name, { fill: own ? theme.ink : theme.faint, anchor: 'end' }))
      parts.push(`<rect x="${String(BARS)}" y="${String(y + 3)}" width="${length.toFixed(1)}" height="13" rx="2" fill="${own ? theme.own : theme.other}"/>`)
      parts.push(text(BARS + length + 8, y + 13, `${Math.round(rate).toLocaleString('en')}  × ${ratio.toFixed(2)}`, { fill: own ? theme.ink : theme.faint }))
      y += ROW
    }
    y += 28
  }
  return svg(y - 20, theme, 'Requests per second, 32 connections, one core; × bare Express of the same rounds', parts)
}

/** Milliseconds over the number of records, which stands on a scale of powers of ten. */
function lines(growth: readonly Growth[], theme: Theme): string {
  const series = growth.flatMap(({ line }) => (line === undefined ? [] : [line]))
  const top = Math.max(...series.flatMap(({ milliseconds }) => milliseconds)) * 1.25
  const sizes = series[0]?.sizes ?? []
  const logs = sizes.map((size) => Math.log10(size))
  const [low, high] = [Math.min(...logs), Math.max(...logs)]
  const x = (size: number) => 60 + ((Math.log10(size) - low) / Math.max(1e-9, high - low)) * (WIDTH - 230)
  const y = (ms: number) => 270 - (ms / top) * 220
  const parts = sizes.map((size) => text(x(size), 292, `${size.toLocaleString('en')} records`, { fill: theme.faint, anchor: size === sizes[0] ? 'start' : 'middle' }))
  for (const ms of [0, top / 2, top]) {
    parts.push(`<path d="M60 ${y(ms).toFixed(1)}H${String(WIDTH - 170)}" stroke="${theme.rule}"/>`, text(52, y(ms) + 4, `${ms.toFixed(2)} ms`, { fill: theme.faint, anchor: 'end' }))
  }
  const ends = series.map(({ milliseconds }) => y(milliseconds.at(-1) ?? 0))
  series.forEach(({ name, milliseconds }, i) => {
    const colour = theme.lines[i % theme.lines.length] ?? theme.ink
    const points = milliseconds.map((ms, at) => `${x(sizes[at] ?? 1).toFixed(1)},${y(ms).toFixed(1)}`)
    const above = ends.filter((end, other) => Math.abs(end - (ends[i] ?? 0)) < 14 && other < i).length
    parts.push(`<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.5"/>`)
    parts.push(text(WIDTH - 160, (ends[i] ?? 0) + 4 + above * 15, name, { fill: colour, weight: 600 }))
  })
  return svg(306, theme, 'What a call takes as the world grows', parts)
}

function text(x: number, y: number, content: string, { fill, anchor = 'start', weight = 400 }: { fill: string; anchor?: string; weight?: number }): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${fill}" text-anchor="${anchor}" font-weight="${String(weight)}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
}

function svg(height: number, theme: Theme, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" width="${String(WIDTH)}" height="${String(height)}" role="img" aria-label="${title}" ${FONT} font-size="12">\n${[text(16, 18, title, { fill: theme.faint }), ...parts].join('\n')}\n</svg>\n`
}
