/** Long work in slices: others are answered in between. */
import { stopwatch } from './clock.js'

/** So many real milliseconds of work are done in one go. */
const SLICE = 20

/** So many of them each may work before it waits for others who work: what is little is not behind what is long. */
const LITTLE = 5
/** Once so many have passed nobody goes on before others have been answered, however little it is: it may be one of very many that come one after another. */
const MOST = 2 * SLICE

/** As they were when this was loaded: a test that fakes timers must not hold up a stub in its process. */
const soon = setImmediate
const [later, noLonger] = [setTimeout, clearTimeout]

/** Lets others come between. */
export function others(): Promise<void> {
  return new Promise((resolve) => soon(resolve))
}

/**
 * Waits a little.
 * @param milliseconds real ones, at the most
 * @param listen is given a function that ends the wait
 */
export function pauseOrUntil(milliseconds: number, listen: (end: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = later(resolve, milliseconds)
    listen(() => {
      noLonger(timer)
      resolve()
    })
  })
}

/** To go through more records than this in one piece is long work. */
const MANY = 2000
/** So many turns of Node's loop lie between two such pieces: a call on a new connection takes several, and would wait for a piece in each. */
const BREATH = 5

/** Lets others come between who are not done in one turn. */
export async function breathe(): Promise<void> {
  for (let turn = 0; turn < BREATH; turn++) await others()
}

/** What is done one after another, however much of it is asked for at once. */
export class Queue {
  /** Resolves when the last is done that was asked for. */
  #last: Promise<unknown> = Promise.resolve()

  /**
   * @returns what the work returns, when all that was asked for before it has come to its end
   * @throws what it throws
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }
}

/**
 * The pace of all who work in one server, be it little each or long work: together they work for no longer than one slice before others are
 * answered. Who came first goes on first.
 */
export class Pace {
  /** The time since this slice began; null while nobody has worked in it. */
  #elapsed: (() => number) | null = null
  readonly #waiting: (() => void)[] = []
  readonly #pieces = new Queue()

  /** Whether there is time left in this slice, which begins with whoever asks first. */
  get hasTime(): boolean {
    return this.begin()() < SLICE
  }

  /** Begins a slice unless one goes on. @returns the time since it began */
  begin(): () => number {
    if (this.#elapsed !== null) return this.#elapsed
    soon(() => {
      this.#elapsed = null
    })
    return (this.#elapsed = stopwatch())
  }

  /** @returns null while there is time left, otherwise a promise of the next slice, in which it is to be asked again */
  wait(): Promise<void> | null {
    return this.hasTime ? null : others()
  }

  /** Waits for a slice that has time left, behind those who wait already. */
  async pass(): Promise<void> {
    if (this.#waiting.length === 0 && this.hasTime) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) soon(this.#goOn)
    })
  }

  /**
   * Does work that yields where others may come between. Of several that go on at once all together have a slice, so that it does not
   * matter how many there are; what is little goes on at once.
   * @returns what it returns
   * @throws what it throws
   */
  async inSlices<T>(work: Generator<void, T>): Promise<T> {
    this.begin()
    let own = stopwatch()
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      const isLittle = own() < LITTLE
      if (this.hasTime || (isLittle && this.begin()() < MOST)) continue
      // Not behind all that is long.
      await (isLittle ? others() : this.pass())
      own = stopwatch()
    }
  }

  /** @returns what `work` makes of each item, in slices */
  map<T, R>(items: Iterable<T>, work: (item: T) => R): Promise<R[]> {
    return this.inSlices(each(items, work))
  }

  /**
   * Does work of this process alone that cannot be divided. Where it is long, one piece is done after another, however many are asked for at
   * once, and others are answered in between.
   * @param records so many are gone through
   * @returns what it returns
   * @throws what it throws
   */
  inTurn<T>(records: number, work: () => Promise<T>): Promise<T> {
    if (records <= MANY) return work()
    // To its end: some of it may be put off by timers, which would all be over at once.
    return this.#pieces.run(async () => {
      await breathe()
      return work()
    })
  }

  /**
   * One goes on with each turn of Node's loop: how long it works is known only then. Where others have worked before it in that turn it has a slice of its own:
   * they may be there in every turn.
   */
  readonly #goOn = (): void => {
    if (!this.hasTime) this.#elapsed = null
    this.begin()
    this.#waiting.shift()?.()
    if (this.#waiting.length > 0) soon(this.#goOn)
  }
}

/** Does the same work in one go, for when it is little. */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

function* each<T, R>(items: Iterable<T>, work: (item: T) => R): Generator<void, R[]> {
  const made: R[] = []
  for (const item of items) {
    made.push(work(item))
    yield
  }
  return made
}
