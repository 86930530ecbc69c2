/** Clients of the im push channel for tests: a real WebSocket, and frames one waits for. */
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import { logIn } from './im.js'
import type { Box } from './serve.js'

/** Where a client connects. */
type App = Pick<Box, 'url' | 'call'>

interface Frame {
  readonly status: number
  readonly pushId: string
  readonly message: unknown
}

interface Message {
  readonly chatId: string
  readonly fromId: string
  readonly toId: string
  readonly type: '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7'
  readonly info: { readonly category: '0' | '1' | '2' | '3'; readonly content: string }[]
  readonly createTime: string
}

/** @returns a text message, ordinary unless said otherwise */
export function text(fromId: string, toId: string, content: string, more: Partial<Message> = {}): Message {
  return { chatId: 'c-1', fromId, toId, type: '1', info: [{ category: '0', content }], createTime: '', ...more }
}

/** One end of a push connection. Frames are waited for, never slept for. */
export class Client {
  readonly socket: WebSocket
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  readonly #texts: string[] = []
  readonly #waiting: ((text: string) => void)[] = []

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      const waiting = this.#waiting.shift()
      if (waiting === undefined) this.#texts.push(data.toString())
      else waiting(data.toString())
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
      })
    })
  }

  /** Connects; without a cookie as somebody who has not logged in. */
  static async connect(app: Pick<App, 'url'>, cookie?: string): Promise<Client> {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/android/websocket/`, cookie === undefined ? {} : { headers: { cookie } })
    const client = new Client(socket)
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    socket.on('error', () => undefined)
    return client
  }

  /** Logs in, connects and starts; what waits in the queue is still to be read. */
  static async start(app: App, phone: string): Promise<Client> {
    const client = await Client.connect(app, await logIn(app, phone))
    expect(await client.ask({ status: 1, pushId: '', message: 'start' })).toMatchObject({ status: 1, message: 'ok' })
    return client
  }

  /** @returns the next frame as it came */
  nextText(): Promise<string> {
    const text = this.#texts.shift()
    return text === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(text)
  }

  /** @returns the next frame */
  async next(): Promise<Frame> {
    return JSON.parse(await this.nextText()) as Frame // held against the contract by the server's own check, which fails the test
  }

  /** Sends a packet: an object as JSON, a text or bytes as they are. */
  send(packet: object | string): void {
    this.socket.send(Buffer.isBuffer(packet) || typeof packet === 'string' ? packet : JSON.stringify(packet))
  }

  /** Sends a packet and waits for the frame that comes next. */
  ask(packet: object | string): Promise<Frame> {
    this.send(packet)
    return this.next()
  }

  /** Sends messages. */
  say(...message: readonly object[]): Promise<Frame> {
    return this.ask({ status: 1, pushId: '', message })
  }

  /** Confirms what came from a sender in a chat. */
  confirm(fromId: string, toId: string, chatId = 'c-1'): Promise<Frame> {
    return this.ask({ status: 1, pushId: '', message: { fromId, toId, chatId, content: 'ok' } })
  }

  /** @returns the messages of the next frame */
  async messages(): Promise<readonly Message[]> {
    const { status, message } = await this.next()
    expect(status).toBe(1)
    expect(Array.isArray(message)).toBe(true)
    return message as readonly Message[] // see next()
  }

  /** @returns the texts of the next frame's messages */
  async contents(): Promise<readonly (string | undefined)[]> {
    return (await this.messages()).map(({ info }) => info[0]?.content)
  }

  /** Proves that nothing has come: the next frame is the answer to a heartbeat that is sent now. */
  async hearsNothing(): Promise<void> {
    expect(await this.ask({ status: 1, pushId: '', message: '' })).toMatchObject({ status: 1, message: '' })
  }

  /** Hangs up and waits until the connection is gone. */
  async hangUp(): Promise<void> {
    this.socket.close()
    await this.closed
  }
}
