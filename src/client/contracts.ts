/** What the contracts say about each system, as types: a test that names a system, an operation or an error wrongly does not compile. */
import type * as edu from '../contract/edu.gen.js'
import type * as im from '../contract/im.gen.js'
import type * as job from '../contract/job.gen.js'
import type * as live from '../contract/live.gen.js'
import type * as trid from '../contract/trid.gen.js'
import type { ErrorNames, OperationIds } from '../errors/tables.gen.js'

/** Paths, as openapi-fetch takes them, and records of each system by its id. */
export interface Contracts {
  edu: { paths: edu.paths; records: edu.Records }
  im: { paths: im.paths; records: im.Records }
  job: { paths: job.paths; records: job.Records }
  live: { paths: live.paths; records: live.Records }
  trid: { paths: trid.paths; records: trid.Records }
}

/** The systems of this package. */
export type SystemId = keyof Contracts
/** A system of this package, or one that was made elsewhere. */
export type SystemName = SystemId | AnyText
/** The operationIds of a system. */
export type OperationId<Id extends SystemId = SystemId> = OperationIds[Id]
/** What the WebSockets of a system do, by the names that the journal and fault rules know. */
export type SocketOperationId<Id extends SystemId = SystemId> = Id extends keyof Sockets ? `${Sockets[Id]}${'Open' | 'Frame' | 'Delivery'}` : never
/** The CONSTANT_NAMEs of a system's error table. */
export type ErrorConstant<Id extends SystemId = SystemId> = ErrorNames[Id]
/** The records of a system by collection, with the collections that every system has. */
export type RecordsOf<Id extends SystemId> = Contracts[Id]['records'] & CoreRecords
export type CollectionName<Id extends SystemId> = keyof RecordsOf<Id> & string

/** Any text, where editors still offer the known ones. */
export type AnyText = string & Record<never, never>

/** The WebSockets of systems that have some. */
interface Sockets {
  im: 'imPush'
}

interface CoreRecords {
  sessions: Record<string, unknown>
  smsCodes: Record<string, unknown>
}
