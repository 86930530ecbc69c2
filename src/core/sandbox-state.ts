/** What a sandbox keeps, as data. */
import type { Backend } from './backends/setting.js'
import type { ClockState } from './clock.js'
import type { FaultRule } from './faults/rule.js'
import type { SessionRecords } from './sessions.js'
import type { SettingValue } from './settings.js'
import type { SmsRecords, SmsSetting } from './sms.js'
import type { Doc, StoreExport } from './store/types.js'

/** What every system's store holds. */
export type CoreRecords = SessionRecords & SmsRecords

/** The same beside the system's own collections, whose types nobody knows here. */
export type SystemRecords = CoreRecords & Record<string, Doc>

/** What tells two loads of one world apart. */
export interface Origin {
  /** What its relative times are counted from, in milliseconds since 1970. */
  readonly boot: number
  /** How many records were added in bulk. */
  readonly scale: number
}

/** How a system in maintenance answers. */
export interface Maintenance {
  /** Text of the header `Server-Status`. */
  readonly status: string
  /** The HTTP status asked for; null leaves it to the dialect. */
  readonly httpStatus: number | null
}

/** The switches of one system in a sandbox, as the control plane has set them. */
export interface SystemSwitches {
  readonly smsSource: SmsSetting['source']
  readonly settings: Readonly<Record<string, SettingValue>>
  readonly outages: readonly string[]
  /** Null while the system is in service. */
  readonly maintenance: Maintenance | null
  /** The real backend that was chosen here; null: none. Left out while nobody has chosen, and what the server was started with holds. */
  readonly backend?: Backend | null
}

/** What the control plane sets in a sandbox: everything that is neither a record nor a journal entry; plain JSON. */
export interface ControlState {
  readonly clock: ClockState
  /** How many requests have been counted; each has ids of its own. */
  readonly requests: number
  readonly seed: string
  /** Counts the resets: what gives access is drawn by it, so that a token of one era is none in the next. */
  readonly era: number
  readonly systems: Readonly<Record<string, SystemSwitches>>
  /** In the order in which they act. */
  readonly faults: readonly FaultRule[]
  /** The number of the next fault rule. */
  readonly nextFault: number
}

/** All that a sandbox keeps, but for its journal. */
export interface SandboxContent {
  readonly control: ControlState
  /** The load of the worlds that the stores differ from. */
  readonly origin: Origin
  readonly stores: Readonly<Record<string, StoreExport>>
}

/**
 * Where a sandbox's control state is kept. Asynchronous, like the store, so that it may be outside this process.
 */
export interface ControlStore {
  read(): Promise<ControlState>
  /** Replaces the state by what `change` makes of it, in one step. */
  change(change: (state: ControlState) => ControlState): Promise<ControlState>
}
