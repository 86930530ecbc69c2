/** Keeps the page and the stub together: follows the stream of calls, and comes back by itself when the stub was away. */
import { watch } from './watch.js'
import { computed, effect, signal, untracked } from '@preact/signals'
import { ControlError, take } from '../../client/control.js'
import { followEvents, opened } from '../../client/events.js'
import { pause, stopwatch } from '../../core/clock.js'
import { ask, beat, control, isLocked, type Schemas, unlocked } from '../api.js'
import { DEFAULT_SANDBOX, sandbox } from '../place.js'
import { whenStill } from './still.js'
import { append, capacity, editionOfLines, forget, hasMore, keptLines, type Line, PAGE, prepend, replace } from './calls.js'

export type Connection =
  /** Not yet. */
  | 'connecting'
  | 'live'
  /** The stub does not answer. */
  | 'lost'
  /** There is no sandbox of this name (any more). */
  | 'gone'

export const connection = signal<Connection>('connecting')
/** Whether there is nothing to be shown or done: no token, no sandbox, or nothing is known yet. */
export const isAway = computed(() => isLocked.value || connection.value === 'gone' || connection.value === 'connecting')
/** What the stub says of the sandbox, and how long ago by this machine's clock. */
const heard = signal<{ readonly info: Schemas['Sandbox']; readonly since: () => number } | null>(null)
export const info = computed(() => heard.value?.info ?? null)
export const systems = signal<readonly Schemas['SystemSummary'][]>([])

/** Counts up when everything may be another: the sandbox was reset, rewound or restored, or the stub started anew. */
export const era = signal(0)

/** Counts up when calls have come, at most once in a while, whether the page is looked at or not. */
export const arrivals = signal(0)

const FIRST_WAIT = 500
const LONGEST_WAIT = 4000
/** The page looks again so often, for changes that no call made: another console, a terminal, a test. */
const LOOK_AGAIN = 5000
/** At most so often when calls pour in. */
const SELDOM = 1000

/** @returns what the sandbox's clock shows now, in milliseconds since 1970; null until it is known */
export function sandboxNow(): number | null {
  const known = heard.value
  if (known === null) return null
  return Date.parse(known.info.now) + (known.info.frozen ? 0 : known.since())
}

/** @returns the base URL of a system in this sandbox, the short one where there are two */
export function baseUrlOf(system: string): string {
  const path = sandbox.value === DEFAULT_SANDBOX ? systems.value.find(({ id }) => id === system)?.path : info.value?.paths[system]
  return `${location.origin}${path ?? `/${system}`}`
}

/** Takes what an answer says about the sandbox. */
function hear(info: Schemas['Sandbox']): void {
  const news = { info, since: stopwatch() }
  whenStill(heard, () => {
    if (info.name === sandbox.peek()) heard.value = news
  })
}

/** Makes the sandbox of this name, and follows it. */
export async function makeHere(): Promise<void> {
  try {
    await ask(control.value.POST('/sandboxes', { body: { name: sandbox.value } }))
  } catch (error) {
    // An app was faster.
    if (!(error instanceof ControlError && error.kind === 'sandbox-exists')) throw error
  }
  restart.value++
}

const restart = signal(0)
let boot: string | null = null

/** Begins to follow whatever sandbox the address names. */
export function stayConnected(): void {
  effect(() => {
    watch(restart, unlocked)
    const name = sandbox.value
    const over = new AbortController()
    untracked(() => {
      heard.value = null
      connection.value = 'connecting'
      forget()
      void follow(name, over.signal)
    })
    return () => {
      over.abort()
    }
  })
}

async function follow(name: string, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT
  while (!signal.aborted) {
    try {
      const isThere = await greet(name)
      wait = FIRST_WAIT
      if (!isThere) {
        await pause(LOOK_AGAIN, signal)
        continue
      }
      await listen(name, signal)
    } catch (error) {
      // What was thrown tells nothing that `locked` and `lost` do not.
      if (isOver(signal) || (error instanceof ControlError && error.problem.status === 401)) return
      connection.value = 'lost'
      await pause(wait, signal)
      wait = Math.min(wait * 1.5, LONGEST_WAIT)
    }
  }
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted
}

/** @returns whether there is such a sandbox */
async function greet(name: string): Promise<boolean> {
  const { bootedAt } = await take(control.value.GET('/health'))
  // Another start: its calls are counted from 1 again.
  if (boot !== bootedAt) {
    systems.value = (await ask(control.value.GET('/systems'))).systems
    forget()
    era.value++
    boot = bootedAt
  }
  if (await look(name)) return true
  // Where calls without a name go. A new server has none yet, and looking makes none.
  if (name === DEFAULT_SANDBOX) {
    await ask(control.value.POST('/sandboxes', { body: { name } }))
    if (await look(name)) return true
  }
  if (name === sandbox.peek()) connection.value = 'gone'
  return false
}

/** Reads what there is to know of the sandbox. @returns false when there is none */
async function look(name: string): Promise<boolean> {
  try {
    hear(await ask(control.value.GET('/sandboxes/{sandbox}', { params: { path: { sandbox: name } } })))
    return true
  } catch (error) {
    if (!(error instanceof ControlError && error.problem.status === 404)) throw error
    return false
  }
}

async function listen(name: string, signal: AbortSignal): Promise<void> {
  const path = { sandbox: name }
  const open = () => opened(control.value.GET('/sandboxes/{sandbox}/requests/lines/stream', { params: { path }, parseAs: 'stream', signal }))
  // The stream is opened first and the list read then, so that no call falls between them; `append` passes over what came twice.
  for await (const { event, data } of followEvents({ open: async () => {
    const stream = await open()
    await catchUp(name)
    if (isOver(signal)) return stream
    const wasThere = connection.peek() !== 'connecting'
    connection.value = 'live'
    if (wasThere) beat.value++
    return stream
  }, signal, attempts: 0 })) {
    if (event === 'lines') {
      const { lines, left } = JSON.parse(data) as { lines: Line[]; left: number } // as control.yaml says
      append(lines, left)
    } else {
      forget()
      era.value++
      // A rewind leaves the journal what came before.
      await catchUp(name)
    }
    soon(name)
  }
  // The stream came to its end: the sandbox is gone, or the stub. Which one, `greet` finds out.
}

/** Reads the newest lines of the journal in place of those that are here. */
export async function catchUp(name = sandbox.value): Promise<void> {
  const { lines, meta } = await readLines(name, {})
  // The reader may have gone to another one meanwhile.
  if (name !== sandbox.peek()) return
  capacity.value = meta.capacity
  replace(lines, meta.total)
}

let isReading = false

/** Reads the page before those that are here, where there is one and none is being read. */
export async function readOlder(): Promise<void> {
  const [first] = keptLines()
  if (isReading || first === undefined || !hasMore()) return
  const edition = editionOfLines()
  isReading = true
  try {
    const { lines } = await readLines(sandbox.value, { before: first.id })
    if (edition === editionOfLines()) prepend(lines)
  } catch {
    // The line above tells that the stub is away, and the next look at the list asks again.
  } finally {
    isReading = false
  }
}

function readLines(name: string, query: { readonly before?: number }) {
  return ask(control.value.GET('/sandboxes/{sandbox}/requests/lines', { params: { path: { sandbox: name }, query: { limit: PAGE, ...query } } }))
}

let timer: ReturnType<typeof setTimeout> | null = null

/** Calls have come, so most panels have changed; at most once in a while. */
function soon(name: string): void {
  timer ??= setTimeout(() => {
    timer = null
    arrivals.value++
    void refresh(name)
  }, SELDOM)
}

async function refresh(name: string): Promise<void> {
  if (document.hidden || connection.value !== 'live' || isLocked.value || name !== sandbox.value) return
  beat.value++
}

// On every beat the sandbox itself is looked at again as well.
effect(() => {
  watch(beat)
  const name = sandbox.peek()
  if (connection.peek() !== 'live') return
  look(name).then((isThere) => {
    if (!isThere && name === sandbox.peek()) connection.value = 'gone'
  }, () => undefined)
})

setInterval(() => void refresh(sandbox.value), LOOK_AGAIN)
document.addEventListener('visibilitychange', () => void refresh(sandbox.value))
