/** The stage: systems, their worlds and sandboxes, and whatever else answers calls. It knows calls and outcomes; how they travel is a host's matter. */
import type { Forwarder } from '../backends/forward.js'
import { IssuedTokens } from '../backends/issued.js'
import { RealLogins } from '../backends/login.js'
import type { Backend } from '../backends/setting.js'
import type { Budget } from '../budget.js'
import { HttpDates, stopwatch, type TimeSource } from '../clock.js'
import { DriftDocuments } from '../drift/documents.js'
import { DriftBook } from '../drift/ledger.js'
import { type Engine, type House, NoRoom } from '../engine/engine.js'
import { Unreachable } from '../engine/unreachable.js'
import { describeException } from '../failure.js'
import { FailureExamples } from '../faults/examples.js'
import { guess } from '../guess.js'
import { houseOf } from '../house.js'
import { secret } from '../ids.js'
import { type Address, Addressed, type Misaddressed, readAddress } from '../pipeline/address.js'
import { AnswerRoom } from '../backends/room.js'
import type { BridgeParts, Via } from '../pipeline/bridge.js'
import { outcomeOf, record } from '../pipeline/conclude.js'
import { readableByPages } from '../pipeline/cors.js'
import { play, playNothing, type PlayParts } from '../pipeline/play.js'
import { routersOf } from '../pipeline/route.js'
import { problemReply } from '../problem.js'
import type { Reply } from '../reply.js'
import { MOST_TURNS, type Sandbox, type Served } from '../sandbox.js'
import { Sandboxes } from '../sandboxes.js'
import { Switchboard, type SocketLimits } from '../sockets/switchboard.js'
import type { Change } from '../store/types.js'
import type { System } from '../system.js'
import { serve } from '../world.js'
import type { Asked, Call } from './call.js'
import { type Outcome, type Surface, whole } from './outcome.js'

export interface StageOptions {
  /** The systems to play. */
  readonly systems: readonly System[]
  readonly time: TimeSource
  /** Seed of all ids and tokens. */
  readonly seed: number
  /** Folder with one folder of fixtures per system. */
  readonly fixtures: string
  /** The systems whose fixtures need not be checked any more, by id. */
  readonly checked?: ReadonlySet<string>
  /** Folder with one bundled document per system. */
  readonly documents: string
  /** So many records are added to the world of each system that makes any in bulk. */
  readonly scale: number
  /** Entries that the journal of a sandbox keeps. */
  readonly journal: number
  /** Sandboxes that are kept at the most. */
  readonly maxSandboxes: number
  /** How much memory may be filled with what is sent. */
  readonly budget: Budget
  /** What WebSockets may take up; sensible bounds where left out. */
  readonly sockets: Partial<SocketLimits>
  /** How sandboxes are kept. */
  readonly engine: Engine
  /** Whether `Prefer` and `__error`, `__code`, `__delay` in a query mean anything. */
  readonly prefer: boolean
  /** The real backends of systems, by id; a sandbox may have others. */
  readonly backends: ReadonlyMap<string, Backend>
  /** Carries calls to real backends; the stage closes it. */
  readonly forwarder: Forwarder
  /** Texts that no real backend is to see in a header: what the control plane asks for. */
  readonly hidden: readonly string[]
  /** Of the stage whose place this one takes: what it knows beside what the engine keeps. */
  readonly before?: Pick<Stage, 'drift' | 'issued' | 'sockets'>
  /** Told of answers that break the contract and of exceptions in handlers. */
  readonly report: (problem: string) => void
}

/** What stands on a stage, for the surfaces beside the systems. */
export interface Stage {
  /** The systems with their worlds, by id. */
  readonly served: ReadonlyMap<string, Served>
  readonly sandboxes: Sandboxes
  readonly sockets: Switchboard
  readonly examples: FailureExamples
  /** How much memory may be filled with what is sent, and how much is. */
  readonly budget: Budget
  readonly engine: Engine
  /** What the engine was told of this stage. */
  readonly house: House
  /** The moment when the worlds were loaded. */
  readonly boot: number
  /** The real backends that systems were started with, by id. */
  readonly backends: ReadonlyMap<string, Backend>
  /** Where real backends were found not to be what their contracts say. */
  readonly drift: DriftBook
  /** Whose tokens are whose. */
  readonly issued: IssuedTokens
  readonly documents: DriftDocuments
  /**
   * Lets a surface answer calls that name no system.
   * @param claims whether a call is for it; of several the one that was mounted first is asked first. See {@link below}
   */
  mount(claims: (call: Asked) => boolean, surface: Surface): void
  /** Plays a call. Never throws; whoever asks for too much or in the wrong way is told so in the outcome. */
  play(call: Call): Promise<Outcome> | Outcome
  /** Says goodbye on all sockets, and tells whoever waits for a sandbox that nothing will come any more. */
  close(): Promise<void>
}

/**
 * @returns a stage on which nothing else is kept than what was given: two of them share nothing
 * @throws Error when a world cannot be read
 */
export async function createStage(options: StageOptions): Promise<Stage> {
  const { systems: list, time, seed, engine, budget, report } = options
  const systems = new Map(list.map((system) => [system.id, system]))
  const house = houseOf({ systems, seed: String(seed), scale: options.scale, fixtures: options.fixtures, boot: time.now(), most: options.maxSandboxes, journalLimit: options.journal, budget, report })
  const { boot } = await engine.start(house)
  const origin = { boot, scale: options.scale }
  const served = new Map<string, Served>()
  for (const system of list) served.set(system.id, await serve(system, { folder: options.fixtures, areChecked: options.checked?.has(system.id) === true }, origin))
  const issued = options.before?.issued ?? new IssuedTokens()
  const committed = (_system: string, changes: readonly Change[]) => {
    issued.note(changes)
  }
  const sandboxes = new Sandboxes({ served, committed, time: engine.time?.(time) ?? time, origin, seed: String(seed), engine, house, report })
  const examples = new FailureExamples(options.documents)
  const drift = options.before?.drift ?? new DriftBook()
  const documents = new DriftDocuments(options.documents)
  const bridge: BridgeParts = { backends: options.backends, forwarder: options.forwarder, room: new AnswerRoom(budget.total * OF_ANSWERS), pace: house.pace, self: secret(), hidden: options.hidden, issued, logins: new RealLogins(options.forwarder), drift, documents }
  const sockets = new Switchboard({ systems, sandboxes, budget, report, reach: bridge, limits: options.sockets, ...(options.before === undefined ? {} : { before: options.before.sockets }) })
  const dates = new HttpDates()
  const surfaces: [claims: (call: Asked) => boolean, surface: Surface][] = []
  /** The pages that a browser would be shown where the call went, and nobody else is. */
  const pagesAt = ({ method, url, headers }: Call): readonly string[] => {
    const isFor = (asked: string) => surfaces.some(([claims]) => claims({ method: 'GET', url: asked, headers: { ...headers, accept: 'text/html' } }))
    return (method === 'GET' || method === 'HEAD') && isFor(url) ? Object.entries(PAGES).filter(([, page]) => isFor(page)).map(([name, page]) => `${name} at ${page}`) : []
  }
  const parts: PlayParts = {
    routers: routersOf(list),
    examples,
    prefer: options.prefer,
    bridge,
    report: ({ arrival, operation }, exception) => {
      report(`${operation ?? arrival.path} failed: ${describeException(exception)}`)
    },
  }

  /** Plays a call of a system. Never throws. */
  async function playSystem(call: Call, address: Address): Promise<Outcome> {
    const elapsed = stopwatch()
    let sandbox: Sandbox | undefined
    try {
      sandbox = sandboxes.open(address.sandbox)
      sandbox.enter()
      let had: Via | null = null
      for (let turns = 1; ; turns++) {
        const begun = sandbox.begin()
        const turn = begun instanceof Promise ? await begun : begun
        const answered = await play(new Addressed(call, address, turn), parts, had)
        const isReal = answered.via?.source === 'real'
        // What was found in a world that is gone is no answer. What a real backend has had holds whatever became of the sandbox: to ask it again would be to do it twice.
        if (turn.isOver && answered.via?.replay !== 'never') {
          if (answered.via?.replay === 'here') had = answered.via
          if (turns < MOST_TURNS) continue
          return { reply: answered.reply, delivery: { kind: 'cut', at: 'start' } }
        }
        if (!isReal) for (const violation of answered.violations) report(`${address.system.id} breaks its contract: ${violation}`)
        const duration = elapsed()
        if (!isReal) {
          const length = record(answered, duration)
          return outcomeOf(answered, dates, length instanceof Promise ? await length : length)
        }
        // It has been under way for long enough.
        return { ...outcomeOf(answered, dates), afterwards: () => void record(answered, duration) }
      }
    } catch (error) {
      return await playWithout(call, address, error)
    } finally {
      sandbox?.leave()
    }
  }

  /** There is no room for the sandbox, or what keeps it could not be reached, or has failed: the answer is one of the system's all the same. */
  async function playWithout(call: Call, address: Address, reason: unknown): Promise<Outcome> {
    try {
      if (reason instanceof NoRoom) {
        // Refused in a sandbox that nobody sees.
        const nowhere = await sandboxes.nowhere(address.sandbox)
        return outcomeOf(await play(new Addressed(call, address, await nowhere.begin(), reason.message), parts), dates)
      }
      if (!(reason instanceof Unreachable)) report(`${call.method} ${call.url} failed: ${describeException(reason)}`)
      return outcomeOf(playNothing(new Addressed(call, address, sandboxes.open(address.sandbox).blind()), reason), dates)
    } catch (error) {
      return fail(call, error)
    }
  }

  async function playBeside(surface: Surface, call: Call): Promise<Outcome> {
    try {
      return await surface(call)
    } catch (error) {
      return fail(call, error)
    }
  }

  /** Answers what even the answering of failures could not. */
  function fail(call: Call, error: unknown): Outcome {
    report(`${call.method} ${call.url} failed: ${describeException(error)}`)
    return whole(problemReply(500, 'internal', 'The server failed and wrote the reason to its log. This is a bug of the stub, not of the call.'))
  }

  return {
    served,
    sandboxes,
    sockets,
    examples,
    budget,
    engine,
    house,
    boot: origin.boot,
    backends: options.backends,
    drift,
    issued,
    documents,
    mount: (claims, surface) => {
      surfaces.push([claims, surface])
    },
    play: (call) => {
      const address = readAddress(call, systems)
      if ('system' in address && address.isNamed) return playSystem(call, address)
      for (const [claims, surface] of surfaces) if (claims(call)) return playBeside(surface, call)
      return 'system' in address ? playSystem(call, address) : whole(readableByPages(call, misaddressed(address, systems, pagesAt(call))))
    },
    close: async () => {
      const gone = sockets.close()
      sandboxes.end()
      await gone
      await options.forwarder.close()
    },
  }
}

/**
 * @param prefix `/docs`
 * @returns what tells calls whose path is the prefix or below it
 */
export function below(prefix: string): (call: Pick<Call, 'url'>) => boolean {
  return ({ url }) => {
    if (!url.startsWith(prefix)) return false
    const next = url[prefix.length]
    return next === undefined || next === '/' || next === '?'
  }
}

/** Answers of real backends that are under way take up so much beside the budget, which is of what is kept. */
const OF_ANSWERS = 1 / 2

/** What a browser is shown that opens an address of no system. */
const PAGES = { 'the console': '/', 'the start page for phones': '/@default/' } as const

function misaddressed(address: Misaddressed, systems: ReadonlyMap<string, System>, pages: readonly string[]): Reply {
  if (address.problem === 'sandboxName') {
    return problemReply(400, 'invalid-sandbox-name', `${JSON.stringify(address.name)} is no sandbox name: letters, digits, ".", "_" and "-", 64 at the most, a letter or digit first.`)
  }
  const bases = [...systems.keys()].map((id) => `/${id}`)
  // The slash would make short names more alike than they are.
  const meant = guess(address.name, systems.keys())
  return problemReply(404, 'no-such-system', `No system answers here.${meant === null ? '' : ` Did you mean "/${meant}"?`} Put one of these in front of the path: ${bases.join(', ')}. The control plane is at /__admin.${pages.length === 0 ? '' : ` Browsers, whose Accept has text/html, get ${pages.join(' and ')}.`}`)
}
