/** A connection on which one waits for what is to come: whoever waits on it can say nothing else there. */
import { pause } from '../../clock.js'
import { asAway, type Client, HEARING, type Library } from './library.js'
import { Away, type Ear, heardBy } from './port.js'

/** What an ear needs of those who made it. */
export interface EarOwner {
  readonly library: Library
  /** @returns a client that is not connected, and does not try again by itself */
  readonly client: () => Client
  /** Sends a command by another connection. */
  readonly send: (command: readonly string[]) => Promise<unknown>
}

export class ClientEar implements Ear {
  readonly #owner: EarOwner
  readonly #client: Client
  /** How Redis calls the connection; null while it is not connected. */
  #id: string | null = null
  #hearing = false
  #isClosed = false

  constructor(owner: EarOwner) {
    this.#owner = owner
    this.#client = owner.client()
    // Told to whoever hears.
    this.#client.on('error', () => {
      this.#id = null
    })
  }

  async hear(places: ReadonlyMap<string, string>): Promise<unknown> {
    try {
      if (this.#id === null) await this.#connect()
      this.#hearing = true
      return await this.#client.sendCommand<unknown>(heardBy(places, HEARING))
    } catch (error) {
      throw asAway(error, this.#owner.library)
    } finally {
      this.#hearing = false
    }
  }

  nudge(): void {
    void this.#nudge().catch(() => undefined)
  }

  close(): void {
    this.#isClosed = true
    this.#client.destroy()
  }

  async #connect(): Promise<void> {
    if (this.#isClosed) throw new Away('the connection was closed')
    this.#client.destroy()
    await this.#client.connect()
    this.#id = String(await this.#client.sendCommand<unknown>(['CLIENT', 'ID']))
  }

  /** The order to wait and the order not to travel on two connections: the second may be there first, and is given again. */
  async #nudge(): Promise<void> {
    const id = this.#id
    while (this.#hearing && id !== null && !this.#isClosed) {
      if (Number(await this.#owner.send(['CLIENT', 'UNBLOCK', id])) === 1) return
      await pause(1)
    }
  }
}
