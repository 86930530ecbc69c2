import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { freezeClock, machineTime, pause, readClock, resumeClock, runningClock, setClock } from '../../src/core/clock.js'
import { addDuration, parseDuration, parseMilliseconds } from '../../src/core/duration.js'

describe('a sandbox clock', () => {
  test('runs with real time, keeps its distance, stands still and runs on', () => {
    expect(readClock(runningClock, 1000)).toBe(1000)
    const ahead = setClock(runningClock, 1000, 5000)
    expect(readClock(ahead, 1000)).toBe(5000)
    expect(readClock(ahead, 1600)).toBe(5600)
    const frozen = freezeClock(ahead, 1600)
    expect(readClock(frozen, 9999)).toBe(5600)
    expect(readClock(setClock(frozen, 9999, 6000), 20_000)).toBe(6000)
    const resumed = resumeClock(frozen, 10_000)
    expect(readClock(resumed, 10_000)).toBe(5600)
    expect(readClock(resumed, 10_001)).toBe(5601)
  })

  test('machine time never goes back', () => {
    const time = machineTime()
    const readings = Array.from({ length: 1000 }, () => time.now())
    expect(readings).toEqual([...readings].sort((a, b) => a - b))
  })
})

test('a pause leaves nothing behind on the signal that could have ended it', async () => {
  const over = new AbortController()
  await pause(1, over.signal)
  expect(getEventListeners(over.signal, 'abort')).toEqual([])
  const long = pause(600_000, over.signal)
  over.abort()
  await Promise.all([long, pause(600_000, over.signal)])
  expect(getEventListeners(over.signal, 'abort')).toEqual([])
})

describe('durations', () => {
  test.each([
    ['PT10M1S', 601_000],
    ['P1D', 86_400_000],
    ['-PT1H', -3_600_000],
    ['P2W', 14 * 86_400_000],
    ['PT0.5S', 500],
    ['PT1,25S', 1250],
    ['P1DT1H', 90_000_000],
    ['+PT1S', 1000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ years: 0, months: 0, ms })
  })

  test.each([
    ['2h', 'PT2H'], ['90s', 'PT90S'], ['30d', 'P30D'], ['1h30m', 'PT1H30M'], ['10m1.5s', 'PT10M1.5S'], ['2w', 'P2W'], ['1y6mo', 'P1Y6M'], ['250ms', 'PT0.25S'], ['1m5ms', 'PT1M0.005S'],
    ['-10d', '-P10D'], ['+2h', '+PT2H'],
  ])('%s is %s', (text, iso) => {
    expect(parseDuration(text)).toEqual(parseDuration(iso))
    expect(parseDuration(text)).not.toBeNull()
  })

  test.each([['800', 800], ['0', 0], ['2s', 2000], ['1m30s', 90_000], ['PT2S', 2000], ['-2s', null], ['+2s', null], ['1mo', null], ['1y', null], ['', null], ['soon', null], ['1e3', null], ['9'.repeat(16), null]])('a span of %j is %s ms', (text, ms) => {
    expect(parseMilliseconds(text)).toBe(ms)
  })

  test.each(['h', '2h2h', '1m1h', '2 h', '2', '2H', '-', 'mo', '', 'P', 'PT', 'P1', '1D', 'PT1', 'P1H', 'PT1D', 'P-1D', 'p1d', 'PT1S ', 'P1DT', 'PT1.S'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull()
  })

  test('years and months follow the calendar', () => {
    const day = (text: string) => Date.parse(`${text}T12:00:00Z`)
    const add = (from: string, duration: string) => addDuration(day(from), parseDuration(duration) ?? { years: 0, months: 0, ms: Number.NaN })
    expect(add('2024-02-29', 'P1Y')).toBe(day('2025-02-28'))
    expect(add('2026-01-31', 'P1M')).toBe(day('2026-02-28'))
    expect(add('2026-03-31', '-P1M')).toBe(day('2026-02-28'))
    expect(add('2026-11-20', 'P50Y')).toBe(day('2076-11-20'))
    expect(add('2026-12-15', 'P1M1D')).toBe(day('2027-01-16'))
  })

  test('days, hours, minutes and seconds add up', () => {
    const part = fc.nat(1000)
    fc.assert(
      fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
        const ms = ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000
        expect(parseDuration(`P${String(days)}DT${String(hours)}H${String(minutes)}M${String(seconds)}S`)).toEqual({ years: 0, months: 0, ms })
      }),
    )
  })
})
