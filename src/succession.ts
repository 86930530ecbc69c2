/** One stage after another behind one port: nobody who calls notices the change. */
import { pause } from './core/clock.js'
import { refit, type PutAside } from './core/refit.js'
import type { Stage } from './core/stage/stage.js'
import type { Switchboard } from './core/sockets/switchboard.js'

/** So many stages of before an edit are kept for the sockets and streams that are still open there; then the oldest says goodbye to them. */
const MOST_BEFORE = 4
/** Real milliseconds between two looks whether anybody is left on a stage of before. */
const LOOK_AGAIN = 500

/**
 * The stage that plays now. Calls under way when it changes are finished where they began, sockets and event streams go on there: all stages
 * follow the same logs of one engine, so that each sees what the others do.
 */
export class Succession {
  readonly sockets: Pick<Switchboard, 'limits' | 'knock'>
  #now: Stage
  #before: Stage[] = []

  constructor(first: Stage) {
    this.#now = first
    this.sockets = { limits: first.sockets.limits, knock: (opening) => this.#now.sockets.knock(opening) }
  }

  /** The stage that new calls come to. */
  get now(): Stage {
    return this.#now
  }

  /** Whichever plays, what is kept has the same bounds. */
  get budget(): Stage['budget'] {
    return this.#now.budget
  }

  readonly play: Stage['play'] = (call) => this.#now.play(call)

  /**
   * Lets another stage play from now on. Its engine is the one of the stage before.
   * @returns what of the sandboxes did not fit it and was put aside
   */
  async succeed(next: Stage): Promise<readonly PutAside[]> {
    const aside = await fit(next)
    this.#before.push(this.#now)
    this.#now = next
    void this.#letGo()
    return aside
  }

  async close(): Promise<void> {
    await Promise.all([this.#now, ...this.#before.splice(0)].map((stage) => stage.close()))
  }

  /** Closes stages of before that nobody is on any more; some look again and again, so there is one of these for each change. */
  async #letGo(): Promise<void> {
    for (;;) {
      const crowded = this.#before.slice(0, Math.max(0, this.#before.length - MOST_BEFORE))
      // Sockets and streams listen to their sandbox, which is not idle then.
      const left = this.#before.filter((stage) => crowded.includes(stage) || stage.sandboxes.idle)
      this.#before = this.#before.filter((stage) => !left.includes(stage))
      for (const stage of left) {
        await stage.close()
        stage.sandboxes.part()
      }
      if (this.#before.length === 0) return
      await pause(LOOK_AGAIN)
    }
  }
}

/** What no sandbox is called. */
const NONE = ''

/**
 * Makes the sandboxes that the engine keeps fit the stage.
 * @returns what was put aside
 */
export async function fit({ house, served, sandboxes, engine }: Stage): Promise<readonly PutAside[]> {
  await engine.adopt?.(house)
  const { control } = await (await sandboxes.glance(NONE)).content()
  return refit({ engine, house, served, fresh: control })
}
