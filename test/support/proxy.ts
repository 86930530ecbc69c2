/** A connection that breaks when a test wants it to. */
import { connect, createServer, type Server, type Socket } from 'node:net'

export class Proxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** All that was sent there. */
  said = ''
  /** How many bytes were answered. */
  heard = 0
  /** The text in what is sent after which the connection breaks; null while it holds. */
  #fuse: string | null = null
  /** Whether what was sent last still arrives. */
  #arrives = true
  #broken = 0
  #isSilent = false
  /** What is answered in the place of whoever it leads to; null while that one answers. */
  #reply: string | null = null
  #stop: { readonly text: string; readonly resolve: () => void } | null = null

  private constructor(server: Server) {
    this.#server = server
  }

  /** @param port where it leads to */
  static async to(port: number): Promise<Proxy> {
    const server = createServer()
    const proxy = new Proxy(server)
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1')
      for (const socket of [near, far]) {
        proxy.#sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          proxy.#sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.on('data', (data: Buffer) => {
        proxy.said += data.toString('latin1')
        proxy.#pass(data, near, far)
      })
      far.on('data', (data: Buffer) => (proxy.heard += data.length))
      far.pipe(near)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** How often it has broken. */
  get broken(): number {
    return this.#broken
  }

  /** Breaks the connection on which this text is sent next. @param arrives whether it is still passed on, though no answer comes back */
  breakAt(text: string, arrives: boolean): void {
    this.#fuse = text
    this.#arrives = arrives
  }

  /** From when this text is sent on, nothing arrives any more, and nothing comes back. @returns once it has been sent */
  async hangAt(text: string): Promise<void> {
    await new Promise<void>((resolve) => (this.#stop = { text, resolve }))
  }

  /** From now on it takes whatever is sent, and connections as well, and nothing comes back. */
  hang(): void {
    this.#isSilent = true
  }

  /** From now on nothing arrives, and each command that is sent is answered with this: an answer of Redis, as it travels. Null: it leads on again. */
  answer(reply: string | null): void {
    this.#reply = reply
  }

  /** It answers those who connect from now on. */
  recover(): void {
    this.#isSilent = false
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #pass(data: Buffer, near: Socket, far: Socket): void {
    if (this.#stop !== null && data.includes(this.#stop.text)) {
      this.#isSilent = true
      this.#stop.resolve()
    }
    if (this.#isSilent) return
    if (this.#reply !== null) {
      near.write(this.#reply.repeat(data.toString('latin1').match(/(?:^|\r\n)\*\d+\r\n\$/g)?.length ?? 0))
      return
    }
    const isLast = this.#fuse !== null && data.includes(this.#fuse)
    if (!isLast) {
      far.write(data)
      return
    }
    this.#fuse = null
    this.#broken++
    near.destroy()
    if (!this.#arrives) far.destroy()
    // What is sent before the end is read before it.
    else far.end(data)
  }
}
