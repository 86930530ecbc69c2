/** What came of a campaign: counts for the table, and each thing that was off with what it takes to see it again. */
import type { Answer } from './send.js'

export interface Fault {
  readonly what: 'violation' | '5XX' | 'HTML' | 'hang' | 'broken off' | 'off'
  /** The call, so that it can be made again. */
  readonly call: string
  readonly answer: string
}

/** So many faults are shown; all are counted. */
const MOST_SHOWN = 5

export class Tally {
  readonly name: string
  readonly faults: Fault[] = []
  readonly counts = { tried: 0, refused: 0, served: 0, violations: 0, failures: 0, html: 0, hangs: 0, off: 0 }
  /** Said below the table. */
  readonly notes: string[] = []

  constructor(name: string) {
    this.name = name
  }

  /**
   * Looks at an answer as anybody may: no violation, no 5XX, no page, no stack trace.
   * @param mayFail whether a 5XX is what the call asked for (a fault, an outage, maintenance)
   */
  add(call: string, answer: Answer, mayFail = false): void {
    this.counts.tried++
    if (answer.kind === 'hang') {
      this.counts.hangs++
      this.#note('hang', call, `no answer after ${String(answer.milliseconds)} ms`)
      return
    }
    if (answer.kind === 'cut') {
      if (!mayFail) this.fail('broken off', call, answer.reason)
      return
    }
    if (answer.status < 400) this.counts.served++
    else this.counts.refused++
    const violation = answer.headers['understudy-violation']
    if (violation !== undefined) {
      this.counts.violations++
      this.#note('violation', call, String(violation))
    }
    if (answer.status >= 500 && !mayFail) {
      this.counts.failures++
      this.#note('5XX', call, `${String(answer.status)} ${answer.text}`)
    }
    if (/html/.test(answer.headers['content-type'] ?? '') || /<html|<pre>| {4}at .*\(/i.test(answer.text)) {
      this.counts.html++
      this.#note('HTML', call, answer.text)
    }
  }

  /** Counts something that is off in another way. */
  fail(what: 'broken off' | 'off', call: string, answer: string): void {
    this.counts.off++
    this.#note(what, call, answer)
  }

  /** Counts an expectation that was met or not. */
  expect(holds: boolean, call: string, answer: string): void {
    this.counts.tried++
    if (holds) this.counts.served++
    else this.fail('off', call, answer)
  }

  /** Whether nothing was off. */
  get isClean(): boolean {
    const { violations, failures, html, hangs, off } = this.counts
    return violations + failures + html + hangs + off === 0
  }

  #note(what: Fault['what'], call: string, answer: string): void {
    if (this.faults.length < MOST_SHOWN) this.faults.push({ what, call: call.slice(0, 600), answer: answer.slice(0, 300) })
  }
}
