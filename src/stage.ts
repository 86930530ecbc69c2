/** The whole house without a port: a stage with all that stands on it beside the systems. Hosts let it be called. */
import { join } from 'node:path'
import type { Forwarder } from './core/backends/forward.js'
import { type Backend, type BackendInput, readBackend } from './core/backends/setting.js'
import { Budget, DEFAULT_MEMORY, MEMORY_FORMS, parseMemory } from './core/budget.js'
import { machineTime, type TimeSource } from './core/clock.js'
import type { Engine } from './core/engine/engine.js'
import { memoryEngine } from './core/engine/memory/engine.js'
import { type Networks, usualNetworks } from './core/faults/networks.js'
import type { SocketLimits } from './core/sockets/switchboard.js'
import { whole } from './core/stage/outcome.js'
import { below, createStage, type Stage } from './core/stage/stage.js'
import type { System } from './core/system.js'
import { checkOrigins, type Guard } from './control/safety.js'
import { docsSurface, loadDocs } from './docs/surface.js'
import { checkFixtures } from './fixtures.js'
import { answerConsole, isForConsole } from './pages/console.js'
import { lazily } from './plain/lazily.js'
import { legibleLines } from './plain/legible.js'
import { fixturesFolder, openapiFolder } from './paths.js'
import { isOfPackage } from './systems/load.js'

export interface StageSettings {
  /** The systems to serve. */
  readonly systems: readonly System[]
  /** Seed of all ids and tokens. */
  readonly seed?: number
  /** Where time comes from; the machine's clock when left out. */
  readonly time?: TimeSource
  /** Folder with one folder of fixtures per system; the package's own when left out. */
  readonly fixtures?: string
  /** So many records are added to the world of each system that makes any in bulk. */
  readonly scale?: number
  /** Entries that the journal of a sandbox keeps. */
  readonly journal?: number
  /** Sandboxes that are kept at the most. */
  readonly maxSandboxes?: number
  /** How much memory may be filled with what is sent to the stub: bytes, or `512mb`, which it is when left out. What that means for each kind of thing, `/__admin/health` tells. */
  readonly maxMemory?: number | string
  /** What WebSockets may take up; sensible bounds where left out. */
  readonly sockets?: Partial<SocketLimits>
  /** How sandboxes are kept; in this process's memory when left out. An engine serves one stage. */
  readonly engine?: Engine
  /** Origins whose pages may drive the control plane, as `http://localhost:5173`; its own pages may without. */
  readonly allowedOrigins?: readonly string[]
  /** Real backends by system: a URL, or a URL with modes. A sandbox may choose others through the control plane. */
  readonly backends?: Readonly<Record<string, string | BackendInput>>
  /** Networks beside `3g`, `subway` and `offline`, or in their place: what befalls every call of a sandbox that is given one. */
  readonly networks?: Networks
  /** False: there is no control plane. */
  readonly admin?: boolean
  /** False: `Prefer` and `__error`, `__code`, `__delay` in a query mean nothing. */
  readonly prefer?: boolean
  /** Told of answers that break the contract and of exceptions in handlers; writes to standard error when left out. */
  readonly report?: (problem: string) => void
}

/** A stage, and what it was made with where something was left out. */
export interface OpenStage {
  readonly stage: Stage
  readonly options: Required<StageSettings>
  /** Loads what would be loaded at its first use, so that no start waits for it. */
  readonly loadRest: () => Promise<void>
}

/** What a stage goes on with whose place another one takes. */
export interface Before {
  readonly stage: Pick<Stage, 'drift' | 'issued' | 'sockets' | 'budget'>
}

/** Of a stage that only this process and this machine can reach. */
const LOCAL: Omit<Guard, 'origins'> = { token: null, host: 'localhost' }

/**
 * @param who who may drive the stage
 * @param before the one whose place this one takes; both are given one engine, which can be started twice (`ContinuedEngine`)
 * @returns a stage that plays the systems, with control plane, reference pages and console
 * @throws TypeError when `maxMemory` is no amount of memory, an allowed origin is none, or a network is no such thing; Error when a world is not there or cannot be read
 */
export async function openStage(given: StageSettings, who: Omit<Guard, 'origins'> = LOCAL, before: Before | null = null): Promise<OpenStage> {
  const options: Required<StageSettings> = { seed: 1, time: machineTime(), fixtures: fixturesFolder, scale: 0, journal: 1000, maxSandboxes: 10_000, maxMemory: DEFAULT_MEMORY, sockets: {}, engine: memoryEngine(), backends: {}, networks: {}, allowedOrigins: [], admin: true, prefer: true, report: reportToStderr, ...given }
  const guard = { ...who, origins: checkOrigins(options.allowedOrigins) }
  const memory = parseMemory(options.maxMemory)
  if (memory === null) throw new TypeError(`maxMemory is ${JSON.stringify(options.maxMemory)}; it has to be ${MEMORY_FORMS}`)
  if (given.networks !== undefined) (await import('./control/network-rules.js')).checkNetworks(given.networks)
  for (const vain of await checkFixtures(options.systems, options.fixtures)) options.report(vain)
  const stage = await createStage({
    ...options,
    // Whoever changes fixtures while they are served wants to hear what is wrong with them.
    ...(before === null ? { checked: await checkedAlready(options) } : {}),
    budget: before?.stage.budget ?? new Budget(memory),
    ...(before === null ? {} : { before: before.stage }),
    documents: join(openapiFolder, 'bundled'),
    backends: readBackends(options.systems, options.backends),
    forwarder: onFirstForward(),
    hidden: guard.token === null ? [] : [guard.token],
  })
  const { admin, seed, maxSandboxes, networks, fixtures, report } = options
  const loaders: (() => Promise<unknown>)[] = [loadDocs, loadForwarder, loadDial]
  if (admin) {
    const parts = { ...stage, seed: String(seed), maxSandboxes, networks: { ...usualNetworks, ...networks }, fixtures, report }
    const control = lazily(async () => (await import('./control/surface.js')).controlSurface(parts, guard))
    stage.mount(below('/__admin'), async (call) => (await control())(call))
    loaders.push(control)
    stage.mount(({ method, url, headers }) => isForConsole(method, url, headers.accept), async ({ method, url }) => whole(await answerConsole(method, url)))
  }
  stage.mount(below('/docs'), docsSurface({ served: stage.served, admin: admin ? { needsToken: guard.token !== null } : null, report }))
  const loadRest = () => Promise.all(loaders.map((load) => load())).then(() => undefined)
  return { stage, options, loadRest }
}

/** The package's own fixtures were held against their schemas when it was made (`npm run check`); those of others are at every start. */
async function checkedAlready({ systems, fixtures }: Pick<Required<StageSettings>, 'systems' | 'fixtures'>): Promise<ReadonlySet<string>> {
  if (fixtures !== fixturesFolder) return new Set()
  const own = await Promise.all(systems.map(async (system) => ((await isOfPackage(system)) ? [system.id] : [])))
  return new Set(own.flat())
}

/** The HTTP client is loaded when the first call goes out. */
const loadForwarder = () => import('./hosts/undici/forwarder.js')
const loadDial = () => import('./hosts/node/dial.js')

function onFirstForward(): Forwarder {
  let made: ReturnType<Awaited<ReturnType<typeof loadForwarder>>['undiciForwarder']> | null = null
  const make = lazily(async () => (made = (await loadForwarder()).undiciForwarder()))
  return {
    forward: (outgoing) => (made === null ? make().then((forwarder) => forwarder.forward(outgoing)) : made.forward(outgoing)),
    connect: async (outgoing) => (await loadDial()).dial(outgoing),
    close: async () => {
      await made?.close()
    },
  }
}

function readBackends(systems: readonly System[], given: NonNullable<StageSettings['backends']>): ReadonlyMap<string, Backend> {
  return new Map(Object.entries(given).map(([id, backend]) => {
    const system = systems.find((one) => one.id === id)
    if (system === undefined) throw new TypeError(`backends: no system is called ${JSON.stringify(id)}; there are ${systems.map((one) => one.id).join(', ')}`)
    return [id, readBackend(system, typeof backend === 'string' ? { url: backend } : backend)]
  }))
}

function reportToStderr(problem: string): void {
  process.stderr.write(`understudy: ${legibleLines(problem)}\n`)
}
