/** Open WebSockets of a sandbox, and a console that pushes something to a user by hand. */
import type { SystemName } from './contracts.js'
import { type Pushed, type SocketInfo, take, type Target } from './control.js'
import type { UserName } from './sessions.js'

export interface SocketFilter {
  readonly system?: SystemName
  readonly user?: string
}

/** Something to push: to whom, and what. */
export interface Push extends UserName {
  /** Which socket, where the system has several. */
  readonly socket?: string
  /** How a packet is written is up to the system. */
  readonly packet: Record<string, unknown> | unknown[]
}

/** Connections, one by one. */
export class BoxSockets {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** @returns the open connections, the oldest first */
  async list(filter: SocketFilter = {}): Promise<SocketInfo[]> {
    const { control, path } = this.#target
    return (await take(control.GET('/sandboxes/{sandbox}/sockets', { params: { path, query: filter } }))).sockets
  }

  /**
   * Puts a packet into a user's mailbox as if somebody had sent it.
   * @returns whether the user is connected and gets it at once
   */
  push(push: Push): Promise<Pushed> {
    const { control, path } = this.#target
    return take(control.POST('/sandboxes/{sandbox}/sockets/packets', { params: { path }, body: push }))
  }

  /**
   * Cuts a connection, as when the network goes.
   * @param close a code, and perhaps a reason, to close it properly instead
   */
  async drop(id: string, close: { readonly code?: number; readonly reason?: string } = {}): Promise<void> {
    const { control, path } = this.#target
    await take(control.DELETE('/sandboxes/{sandbox}/sockets/{id}', { params: { path: { ...path, id }, query: close } }))
  }
}
