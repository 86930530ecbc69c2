/** The public API. */
export { defineConfig, type UnderstudyConfig } from './config.js'
export { createStub, type LocalStub, type StubOptions } from './stub.js'
export type { NodeHandler } from './hosts/node/handler.js'
export { Box } from './client/box.js'
export { connect, type ConnectOptions, type SandboxOptions, Stub } from './client/stub.js'
export {
  type Backend, type Clock, ControlError, type Drift, type DriftReport, type Fault, type History, type JournalEntry, type Maintenance, type Networks, type Outages, type Problem, type SandboxInfo, type Scenario, type Session, type SmsMessage,
  type SmsSetting, type Snapshot, type SocketInfo, type SystemSettings, type User,
} from './client/control.js'
export type { BackendChoice } from './client/backends.js'
export type { FaultInput, FaultRule } from './client/faults.js'
export type { RequestFilter } from './client/requests.js'
export type { ErrorConstant, OperationId, SystemId } from './client/contracts.js'
export { type RunningServer, type ServerOptions, startServer } from './server.js'
export type { NetworkRule } from './core/faults/networks.js'
export type { BackendInput, Mode } from './core/backends/setting.js'
export { defineSystem, type System, type SystemDefinition } from './core/system.js'
export type { SystemTypes } from './core/system-types.js'
export { loadSystems } from './systems/load.js'
export type { Engine } from './core/engine/engine.js'
export { fileEngine } from './core/engine/file/engine.js'
export { redisEngine, type RedisOptions } from './core/engine/redis/engine.js'
export { memoryEngine } from './core/engine/memory/engine.js'
