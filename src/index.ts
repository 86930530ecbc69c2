/** The public API. */
export { createStub, type StubOptions } from './stub.js'
export { Box } from './client/box.js'
export { connect, type ConnectOptions, type SandboxOptions, Stub } from './client/stub.js'
export { ControlError, type Clock, type Fault, type JournalEntry, type Problem, type SandboxInfo, type Session, type SmsMessage, type SocketInfo, type Snapshot, type User } from './client/control.js'
export type { ErrorConstant, OperationId, SystemId } from './client/contracts.js'
export { type RunningServer, type ServerOptions, startServer } from './server.js'
export { defineSystem, type System, type SystemDefinition, type SystemTypes } from './core/system.js'
export { loadSystems } from './systems/load.js'
