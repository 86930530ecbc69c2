/**
 * A WebSocket of a system, as the system declares it: what it answers to a frame and what it delivers unasked. It knows frames as
 * values and records through a transaction; connections, limits, faults and the journal are the core's.
 */
import type { Contract } from '../contract.js'
import type { Ids } from '../ids.js'
import type { SessionRecord } from '../sessions.js'
import type { Settings } from '../settings.js'
import type { Change, Transaction } from '../store/types.js'
import type { AllRecords, SystemTypes } from '../system-types.js'
import { closeCodes } from './wire.js'

/** What a handler works with. `Memory` is what the system remembers about one connection: plain data, no records. */
interface SocketWork<S extends SystemTypes, Memory, Position> {
  readonly memory: Memory
  /** How far deliveries have come since the connection took its mailbox; null before the first. */
  readonly position: Position | null
  readonly session: SessionRecord
  readonly user: S['user']
  readonly tx: Transaction<AllRecords<S>>
  /** The sandbox's clock, read once for the frame. */
  readonly now: number
  readonly settings: Settings
}

export interface FrameWork<S extends SystemTypes, Memory, Position> extends SocketWork<S, Memory, Position> {
  readonly ids: Ids
}

export type DeliveryWork<S extends SystemTypes, Memory, Position> = SocketWork<S, Memory, Position>

/** What comes out of one frame. */
export interface SocketAnswer<Memory> {
  /** To this connection, in this order. */
  readonly frames: readonly object[]
  /** CONSTANT_NAME when the frame was refused; for the journal. */
  readonly error?: string
  /** What is remembered from now on; as before when left out. */
  readonly memory?: Memory
  /**
   * The mailbox that this connection has from now on. A mailbox has one holder: another connection that has it is told that it is
   * displaced, and closed. Taking one, even one's own again, begins a delivery.
   */
  readonly mailbox?: string
}

/** What comes out of one delivery. */
export interface Delivery<Position> {
  readonly frames: readonly object[]
  readonly position: Position
  /** Whether more is waiting already. */
  readonly more: boolean
}

/** Why the core does not let a frame through, or ends a connection. */
export type SocketCondition = 'unauthenticated' | 'banned' | 'displaced' | 'internal' | 'networkError' | 'maintenance'

/** A connection that is told one of these is closed then, with this code. */
export const closedBy: Readonly<Record<SocketCondition, number | null>> = { unauthenticated: closeCodes.policy, banned: closeCodes.policy, displaced: closeCodes.displaced, internal: null, networkError: null, maintenance: null }

/** A frame that says no, and the CONSTANT_NAME of its error. */
export interface RefusedFrame {
  readonly frame: object
  readonly error: string
}

/** What the control plane may put into a user's mailbox from outside. */
export interface SocketConsole<S extends SystemTypes> {
  /** A packet as a developer would type it. */
  readonly example: object
  /**
   * Files the packet, as if somebody had sent it, whether the user is connected or not.
   * @returns null, or what is wrong with the packet and how to mend it
   */
  put(work: { readonly user: S['user']; readonly tx: Transaction<AllRecords<S>>; readonly now: number; readonly packet: unknown }): Promise<string | null>
}

export interface SocketDefinition<S extends SystemTypes, Memory, Position> {
  /** Path below the system's base. */
  readonly path: string
  /** The component schema (`x-validator`) that everything sent here must fit. */
  readonly schema: string
  /** The component schema (`x-validator`) that everything that a client sends should fit. */
  readonly clientSchema: string
  /** What a new connection remembers. */
  readonly memory: Memory
  /** Answers a frame of a client: its JSON value, or undefined when it is no JSON text. */
  receive(work: FrameWork<S, Memory, Position>, frame: unknown): Promise<SocketAnswer<Memory>>
  /** Delivers a part of what waits in the connection's mailbox. */
  deliver(work: DeliveryWork<S, Memory, Position>): Promise<Delivery<Position>>
  /** @returns the mailbox for whose holder a committed change has something to deliver; null when it has nothing for anybody */
  mailboxOf(change: Change): string | null
  /** What a connection is told. `banned` is for systems that know bans; without it a banned user is told what one without a session is. */
  readonly conditions: { readonly [C in Exclude<SocketCondition, 'banned'>]: (memory: Memory) => RefusedFrame } & { readonly banned?: (memory: Memory) => RefusedFrame }
  /** What is answered when a fault asks for an error: a frame, or as to a condition. An error that is not here is answered as `networkError`. */
  readonly errors: { readonly [E in S['errors']]?: (memory: Memory) => object | SocketCondition }
  readonly console: SocketConsole<S>
}

/** The same with its types forgotten: what the core works with. */
export interface Socket {
  readonly path: string
  readonly schema: string
  readonly clientSchema: string
  readonly memory: unknown
  receive(work: never, frame: unknown): Promise<SocketAnswer<unknown>>
  deliver(work: never): Promise<Delivery<unknown>>
  mailboxOf(change: Change): string | null
  readonly conditions: Readonly<Record<Exclude<SocketCondition, 'banned'>, (memory: never) => RefusedFrame>> & { readonly banned?: (memory: never) => RefusedFrame }
  readonly errors: Readonly<Record<string, ((memory: never) => object | SocketCondition) | undefined>>
  readonly console: { readonly example: object; put(work: never): Promise<string | null> }
}

/**
 * @param definition a socket with all its types
 * @returns the socket as a system lists it
 */
export function defineSocket<S extends SystemTypes, Memory, Position>(definition: SocketDefinition<S, Memory, Position>): Socket {
  return definition
}

/** What a socket does goes by these names in the journal and in fault rules. */
export interface SocketOperations {
  readonly open: string
  readonly frame: string
  readonly delivery: string
}

/** @returns the names of what the socket called `name` does */
export function socketOperations(name: string): SocketOperations {
  return { open: `${name}Open`, frame: `${name}Frame`, delivery: `${name}Delivery` }
}

/** @returns the names of all that a system does: its HTTP operations, and what its sockets do */
export function operationNames(system: { readonly contract: Contract; readonly sockets: Readonly<Record<string, Socket>> }): readonly string[] {
  return [...Object.keys(system.contract.operations), ...Object.keys(system.sockets).flatMap(listSocketOperations)]
}

/** @returns the same names as a list */
export function listSocketOperations(name: string): readonly string[] {
  const { open, frame, delivery } = socketOperations(name)
  return [open, frame, delivery]
}
