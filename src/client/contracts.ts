/** What the contracts say about each system, as types: a test that names a system, an operation or an error wrongly does not compile. */
import type { ErrorNames, OperationIds } from '../generated/errors.js'
import type { Contracts } from '../generated/contracts.js'

export type { Contracts } from '../generated/contracts.js'

/** The systems of this package. */
export type SystemId = keyof Contracts
/** A system of this package, or one that was made elsewhere. */
export type SystemName = SystemId | AnyText
/** The operationIds of a system. */
export type OperationId<Id extends SystemId = SystemId> = OperationIds[Id]
/** What the WebSockets of a system do, by the names that the journal and fault rules know. */
export type SocketOperationId<Id extends SystemId = SystemId> = `${Contracts[Id]['sockets']}${'Open' | 'Frame' | 'Delivery'}`
/** The CONSTANT_NAMEs of a system's error table. */
export type ErrorConstant<Id extends SystemId = SystemId> = ErrorNames[Id]
/** The records of a system by collection, with the collections that every system has. */
export type RecordsOf<Id extends SystemId> = Contracts[Id]['records'] & CoreRecords
export type CollectionName<Id extends SystemId> = keyof RecordsOf<Id> & string

/** Any text, where editors still offer the known ones. */
export type AnyText = string & Record<never, never>

interface CoreRecords {
  sessions: Record<string, unknown>
  smsCodes: Record<string, unknown>
}
