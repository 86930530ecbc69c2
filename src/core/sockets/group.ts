/** The open connections of one sandbox: who has which mailbox, and what a commit or the end of the sandbox means to them. */
import { secret } from '../ids.js'
import type { Sandbox } from '../sandbox.js'
import type { Change } from '../store/types.js'
import type { System } from '../system.js'
import type { Connection } from './connection.js'
import type { Relay } from './relay.js'
import { closeCodes } from './wire.js'

/** A connection that the stub answers, or one that goes on to a real backend. */
export type Held = Connection | Relay

/** Somebody has taken a mailbox. */
interface Taken {
  /** The group of the taker. */
  readonly by: string
  /** Which of the taker's group it is. */
  readonly take: number
  readonly place: string
  readonly mailbox: string
}

export class Group {
  readonly connections = new Set<Held>()
  /** One that has lost its mailbox since may still stand here. */
  readonly #mailboxes = new Map<string, Connection>()
  /** Announcements that have not been heard here themselves, and the place of each: what is heard of it meanwhile happened before. */
  readonly #underWay = new Map<number, string>()
  #takes = 0
  readonly #id = secret()
  readonly #sandbox: Sandbox
  readonly #stop: () => void

  /** From its first connection to its last, a group hears what happens to its sandbox. */
  constructor(sandbox: Sandbox, systems: ReadonlyMap<string, System>) {
    this.#sandbox = sandbox
    const stopHearing = sandbox.hear((text) => {
      this.#hear(JSON.parse(text) as Taken) // announced by a group
    })
    const stopWatching = sandbox.watch((id, changes) => {
      const system = systems.get(id)
      if (system !== undefined) this.#tell(system, changes)
    })
    const stopListening = sandbox.journal.subscribe(({ type }) => {
      if (type === 'reset' || type === 'ended') this.#close(`the sandbox was ${type === 'reset' ? 'reset' : 'deleted'}`)
    })
    this.#stop = () => {
      stopHearing()
      stopWatching()
      stopListening()
    }
  }

  /** Gives a mailbox to a connection; whoever had it is displaced, be it in another process. */
  take(taker: Connection, mailbox: string): void {
    const place = placeOf(taker.parts.system, taker.parts.name, mailbox)
    const holder = this.#mailboxes.get(place)
    if (holder !== taker && holder?.mailbox === mailbox) holder.displace()
    this.#mailboxes.set(place, taker)
    const take = ++this.#takes
    this.#underWay.set(take, place)
    const announced = this.#sandbox.announce(JSON.stringify({ by: this.#id, take, place, mailbox } satisfies Taken))
    if (!(announced instanceof Promise)) {
      this.#underWay.delete(take)
      return
    }
    announced
      .catch((error: unknown) => {
        taker.parts.report(`who else has the mailbox ${place} could not be told: ${String(error)}`)
      })
      // One that was lost is never heard.
      .finally(() => this.#underWay.delete(take))
  }

  #hear({ by, take, place, mailbox }: Taken): void {
    // Not when its promise resolves: whoever came right behind it may be heard in the same breath.
    if (by === this.#id) this.#underWay.delete(take)
    if (by === this.#id || [...this.#underWay.values()].includes(place)) return
    const holder = this.#mailboxes.get(place)
    if (holder?.mailbox === mailbox) holder.displace()
  }

  /**
   * Forgets a connection that is gone.
   * @returns whether it was the last one, and with it the group ends
   */
  leave(connection: Held): boolean {
    for (const [place, holder] of this.#mailboxes) if (holder === connection) this.#mailboxes.delete(place)
    connection.forget()
    this.connections.delete(connection)
    if (this.connections.size > 0) return false
    this.#stop()
    return true
  }

  /** A commit may bring something to deliver, the end of a session, or a ban. */
  #tell(system: System, changes: readonly Change[]): void {
    const concerned = new Set<Connection>()
    for (const change of changes) {
      for (const connection of this.connections) if (connection.parts.system === system && concerns(change, connection, system)) connection.recheck()
      for (const [name, socket] of Object.entries(system.sockets)) {
        const mailbox = socket.mailboxOf(change)
        const holder = mailbox === null ? undefined : this.#mailboxes.get(placeOf(system, name, mailbox))
        if (holder?.mailbox === mailbox) concerned.add(holder)
      }
    }
    for (const connection of concerned) connection.deliver()
  }

  #close(reason: string): void {
    for (const connection of this.connections) connection.close(closeCodes.goingAway, reason)
  }
}

/** Whether a change may be the end of the connection's session, or a ban of its user. */
function concerns({ collection, key }: Change, { session, user }: Held, { users }: System): boolean {
  if (collection === 'sessions') return session === key
  return users.ban !== null && collection === users.collection && user !== null && users.key(user) === key
}

function placeOf(system: System, name: string, mailbox: string): string {
  return `${system.id}/${name}/${mailbox}`
}
