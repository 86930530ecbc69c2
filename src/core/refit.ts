/** Kept sandboxes under other worlds and contracts than those they came about with: what does not fit any more is put aside. */
import type { Engine, Follower, House } from './engine/engine.js'
import { Base } from './engine/base.js'
import { Generation } from './generation.js'
import { misfitOf } from './records.js'
import type { Served } from './sandbox.js'
import type { ControlState, SandboxContent } from './sandbox-state.js'
import { SEQUENCES } from './store/transaction.js'
import { type Doc, StoreError, type StoreExport } from './store/types.js'
import { atOnce, type Pace } from './slices.js'
import type { World } from './store/world.js'

/** A record that fits no more. */
export interface PutAside {
  readonly sandbox: string
  readonly system: string
  readonly collection: string
  /** What is wrong with it, for people. */
  readonly why: string
  readonly record: Doc
}

export interface RefitOptions {
  readonly engine: Engine
  readonly house: Pick<House, 'keyOf' | 'pace'>
  readonly served: ReadonlyMap<string, Served>
  /** The control state that a new sandbox begins with. */
  readonly fresh: ControlState
}

/**
 * Holds every sandbox against the systems and worlds that there are now. One with records that do not fit goes on without them, with an
 * empty journal: what happened before cannot be gone back to.
 * @returns what was put aside
 */
export async function refit({ engine, house, served, fresh }: RefitOptions): Promise<PutAside[]> {
  const aside: PutAside[] = []
  for (const sandbox of await engine.names()) {
    const log = engine.open(sandbox, NOBODY)
    try {
      const { content: first, commits } = await log.load()
      const folded = new Base(first, house.keyOf)
      for (const { system, changes } of commits) folded.fold(system, changes, () => true)
      const content = folded.content()
      const worlds = new Map(await Promise.all([...served].map(async ([id, one]) => [id, await one.worldAt(content.origin)] as const)))
      const stores: Record<string, StoreExport> = {}
      const misfits: Omit<PutAside, 'sandbox'>[] = []
      for (const [system, store] of Object.entries(content.stores)) {
        const one = served.get(system)
        if (one === undefined) misfits.push(...Object.entries(store).flatMap(([collection, { put }]) => put.map((record) => ({ system, collection, record, why: `the system ${system} is not served` }))))
        else stores[system] = sift(one, store, misfits)
      }
      const missing = Object.keys(fresh.systems).filter((id) => content.control.systems[id] === undefined)
      const sound = withoutTwins({ ...content, stores, control: { ...content.control, systems: { ...fresh.systems, ...content.control.systems } } }, worlds, misfits, house.pace)
      const isOver = misfits.length > 0 || missing.length > 0 || Object.keys(content.stores).some((id) => !served.has(id))
      if (isOver) {
        const { requests } = await log.look()
        await log.replace({ ...sound, control: { ...sound.control, requests } })
      }
      aside.push(...misfits.map((misfit) => ({ sandbox, ...misfit })))
    } finally {
      log.close(NOBODY)
    }
  }
  return aside
}

/** @returns what of the store fits the schemas */
function sift({ system }: Served, store: StoreExport, misfits: Omit<PutAside, 'sandbox'>[]): StoreExport {
  return Object.fromEntries(Object.entries(store).flatMap(([collection, { put, deleted }]) => {
    if (collection === SEQUENCES) return [[collection, { put, deleted }]]
    const isKnown = Object.hasOwn(system.state, collection)
    const fitting = put.filter((record) => {
      const why = isKnown ? misfitOf(system, collection, record) : `there is no collection ${collection} any more`
      if (why !== null) misfits.push({ system: system.id, collection, record, why })
      return why === null
    })
    return isKnown ? [[collection, { put: fitting, deleted }]] : []
  }))
}

/** A record of a sandbox and one of the world may want the same place in a unique index now. @returns the content without those of the sandbox */
function withoutTwins(content: SandboxContent, worlds: ReadonlyMap<string, World>, misfits: Omit<PutAside, 'sandbox'>[], pace: Pace): SandboxContent {
  const generation = new Generation({ generation: 0, requests: 0, version: 0, content: { ...content, stores: {} }, commits: [], isWhole: true }, worlds, null, () => undefined, () => undefined, pace)
  const stores = Object.fromEntries(Object.entries(content.stores).map(([system, store]) => {
    const records = generation.store(system)
    atOnce(records.import(Object.fromEntries(Object.entries(store).map(([collection, { deleted }]) => [collection, { put: [], deleted }]))))
    return [system, Object.fromEntries(Object.entries(store).map(([collection, { put, deleted }]) => [collection, {
      deleted,
      put: put.filter((record) => {
        try {
          atOnce(records.import({ [collection]: { put: [record], deleted: [] } }))
          return true
        } catch (error) {
          if (!(error instanceof StoreError)) throw error
          misfits.push({ system, collection, record, why: error.message })
          return false
        }
      }),
    }]))]
  }))
  return { ...content, stores }
}

/** Looks, and wants to hear nothing. */
const NOBODY: Follower = {
  initial: () => {
    throw new Error('a sandbox that is there needs nothing to begin with')
  },
  committed: () => undefined,
  turnedOver: () => undefined,
  journalled: () => undefined,
  announced: () => undefined,
  lost: () => undefined,
  ended: () => undefined,
  listens: false,
  idle: true,
}
