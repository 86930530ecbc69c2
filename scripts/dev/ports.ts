/**
 * The ports of `npm run dev`: they stay open while one stub follows another. A connection is taken here and handed on, unread, to the stub that
 * serves; while none does it waits.
 */
import type { ChildProcess } from 'node:child_process'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Answer } from './words.js'
import { messageOf } from '../../src/plain/message.js'

/** So many connections wait; more are refused. */
const MOST_WAITING = 1000

interface Port {
  readonly server: Server
  to: ChildProcess | null
  waiting: Socket[]
}

export class Ports {
  readonly #ports = new Map<string, Port>()

  /**
   * Lets the connections of a port come to a stub from now on, those first that have waited.
   * @param name of the port, the same for each stub that asks for it
   */
  async open(name: string, wanted: number, host: string, stub: ChildProcess): Promise<void> {
    const tell = (answer: Answer) => {
      if (stub.connected) stub.send(answer)
    }
    try {
      const port = this.#ports.get(name) ?? (await this.#listen(name, wanted, host))
      const { port: taken } = port.server.address() as AddressInfo // a TCP server that listens has one
      tell({ opened: name, port: taken })
      port.to = stub
      for (const socket of port.waiting.splice(0)) this.#handOn(name, port, socket)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null
      tell({ refused: name, message: messageOf(error), code, port: wanted })
    }
  }

  /** Lets connections wait until another stub asks for them. */
  hold(): void {
    for (const port of this.#ports.values()) port.to = null
  }

  /** Closes the ports that nobody has asked for since they were held. */
  closeUnused(): void {
    this.#close([...this.#ports].filter(([, { to }]) => to === null))
  }

  close(): void {
    this.#close([...this.#ports])
  }

  #close(ports: readonly (readonly [string, Port])[]): void {
    for (const [name, { server, waiting }] of ports) {
      server.close()
      for (const socket of waiting) socket.destroy()
      this.#ports.delete(name)
    }
  }

  #listen(name: string, wanted: number, host: string): Promise<Port> {
    return new Promise((resolve, reject) => {
      const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => { this.#handOn(name, port, socket) })
      const port: Port = { server, to: null, waiting: [] }
      server.once('error', reject)
      server.listen(wanted, host, () => {
        this.#ports.set(name, port)
        resolve(port)
      })
    })
  }

  #handOn(name: string, port: Port, socket: Socket): void {
    // A client may leave while it waits.
    socket.on('error', () => socket.destroy())
    const answer: Answer = { connection: name }
    if (port.to?.connected === true) port.to.send(answer, socket, (error) => {
      if (error !== null) port.waiting.push(socket)
    })
    else if (port.waiting.length < MOST_WAITING) port.waiting.push(socket)
    else socket.destroy()
  }
}
