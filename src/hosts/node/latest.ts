/** The newest answer of each connection. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Calls of one connection wait for the answer before theirs, and whoever stops a server looks here what is under way. A connection may be kept for
 * long after its last answer: that is not kept with it, for the call hangs on it, and all that came with the call.
 */
export class LatestAnswers {
  readonly #answers = new WeakMap<Socket, WeakRef<ServerResponse>>()

  note(socket: Socket, response: ServerResponse): void {
    this.#answers.set(socket, new WeakRef(response))
  }

  /** @returns the newest answer; undefined where there has been none, and perhaps where it is over: as long as it is not, Node keeps it */
  of(socket: Socket): ServerResponse | undefined {
    return this.#answers.get(socket)?.deref()
  }
}
