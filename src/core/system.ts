/**
 * What a system is made of. `src/systems/<id>/index.ts` calls {@link defineSystem}; the core knows systems only as values of
 * type {@link System}.
 */
import type { Bulk } from './bulk.js'
import type { AuthLevel, Contract, Validators } from './contract.js'
import type { Dialect } from './dialect.js'
import type { Failure, FailureDetails } from './failure.js'
import type { Ids } from './ids.js'
import { sessionCollection, type SessionPolicy, type SessionRecord, type Sessions } from './sessions.js'
import type { SettingDefinition, Settings } from './settings.js'
import type { Socket } from './sockets/definition.js'
import { smsCollection, type SmsCodes, type SmsPolicy } from './sms.js'
import type { AnyCollection, Doc, Key, StateDefinition, Transaction } from './store/types.js'
import type { AllRecords, SystemTypes } from './system-types.js'

/** What the generator says about one operation. */
interface OperationTypes {
  input: object
  headers: unknown
  payload: unknown
  error: string
}

type OperationName<S extends SystemTypes> = keyof S['operations'] & string
type TypesOf<S extends SystemTypes, K extends OperationName<S>> = S['operations'][K] extends OperationTypes ? S['operations'][K] : never
type AuthOf<S extends SystemTypes, K extends OperationName<S>> = S['contract']['operations'][K] extends { auth: infer A extends AuthLevel } ? A : never
type ByAuth<A extends AuthLevel, T> = { none: null; optional: T | null; required: T }[A]

/** Everything that an operation works with. It knows no HTTP. */
export interface Work<S extends SystemTypes, K extends OperationName<S>> {
  /** Path, query and body fields, checked against the contract. */
  readonly input: TypesOf<S, K>['input']
  /** Header parameters of the contract, names in lower case. */
  readonly headers: TypesOf<S, K>['headers']
  readonly session: ByAuth<AuthOf<S, K>, SessionRecord>
  readonly user: ByAuth<AuthOf<S, K>, S['user']>
  readonly tx: Transaction<AllRecords<S>>
  readonly sessions: Sessions
  readonly sms: SmsCodes
  /** The sandbox's clock, read once for the request: milliseconds since 1970. */
  readonly now: number
  readonly ids: Ids
  readonly settings: Settings
  /** What tells this client from others where no user does: the first address of `X-Forwarded-For`, else the one that the call came from. */
  readonly client: string
  /** Names of the simulated outside services that are out of order. */
  readonly outages: ReadonlySet<string>
  /**
   * Does slow work that has nothing to do with records (hashing a password) while no transaction is open, and once, however often the
   * transaction runs: the operation begins anew when the work is done, with the same ids. Called always, and always in the same order.
   * @returns what `work` returns
   */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>
  /** @returns a failure with one of the errors that the contract lists for this operation */
  readonly fail: (error: TypesOf<S, K>['error'], details?: FailureDetails) => Failure
}

/** One operation. It returns the payload, or throws a failure and leaves nothing behind. */
export type Handler<S extends SystemTypes, K extends OperationName<S>> = (work: Work<S, K>) => Promise<TypesOf<S, K>['payload']>

/** What a rule may look at: the fields of the request that are sound, and whoever calls. */
export interface RuleWork<S extends SystemTypes, K extends OperationName<S>> extends Pick<Work<S, K>, 'session' | 'user' | 'tx' | 'fail'> {
  readonly input: Partial<TypesOf<S, K>['input']>
}

/** A rule that no schema can hold (is that name still free?), where the contract lists its errors among those of fields. It throws. */
export type Rule<S extends SystemTypes, K extends OperationName<S>> = (work: RuleWork<S, K>) => Promise<void>
export type Rules<S extends SystemTypes> = { readonly [K in OperationName<S>]?: Rule<S, K> }

/** The operations of a system; each of its files holds a part. */
export type Handlers<S extends SystemTypes> = { readonly [K in OperationName<S>]: Handler<S, K> }

/** How the core finds the user behind a session. */
export interface UserDirectory {
  readonly collection: string
  /** Turns the session's `userId` into the key of the user's record. */
  key(userId: string): Key
  /** Fields by which people name a user (a phone, a display name); the control plane looks a user up by them. */
  readonly names: readonly string[]
  /** The field that says whether the user is banned, and the value it then has; null where nobody can be. */
  readonly ban: { readonly field: string; readonly banned: unknown; readonly free: unknown } | null
  /** The field of the record that is the session's realm; null where there is one realm. */
  readonly realm: string | null
  /** The roles that a user has, for operations with `x-roles`. */
  roles?(user: Doc): readonly string[]
}

export interface SystemDefinition<S extends SystemTypes> {
  readonly contract: S['contract']
  readonly validators: Validators
  readonly dialect: Dialect<S['errors']>
  readonly state: StateDefinition<S['records']>
  readonly users: UserDirectory
  readonly sessions: SessionPolicy
  readonly sms: SmsPolicy | null
  readonly settings?: Readonly<Record<string, SettingDefinition>>
  /** Simulated outside services that the control plane can put out of order. */
  readonly outages?: readonly string[]
  readonly operations: Handlers<S>
  /** Of all rules that a request breaks, here or in the schema, the one counts whose error the contract lists first. */
  readonly rules?: Rules<S>
  /** The system's WebSockets by name; the name begins with the system's id, like those of operations. */
  readonly sockets?: Readonly<Record<string, Socket>>
  /** Makes records in any number, for a world larger than the fixtures. */
  readonly bulk?: Bulk
  /** One line for the table that `understudy start` prints: how to log in with a user of the world. */
  readonly hint: string
}

/** The same with the types of its operations forgotten: what the core works with. */
export interface System {
  readonly id: string
  readonly contract: Contract
  readonly validators: Validators
  readonly dialect: Dialect<string>
  readonly state: Readonly<Record<string, AnyCollection>>
  readonly users: UserDirectory
  readonly sessions: SessionPolicy
  readonly sms: SmsPolicy | null
  readonly settings: Readonly<Record<string, SettingDefinition>>
  readonly outages: readonly string[]
  readonly operations: Readonly<Record<string, (work: never) => Promise<unknown>>>
  readonly rules: Readonly<Record<string, ((work: never) => Promise<void>) | undefined>>
  readonly sockets: Readonly<Record<string, Socket>>
  readonly bulk: Bulk | null
  readonly hint: string
}

/** Every system has these, whatever it declares itself. */
const coreCollections = { sessions: sessionCollection, smsCodes: smsCollection }

/**
 * @param definition the parts of a system; the compiler asks for every operation of its contract and an answer to every condition
 * @returns the system as the core takes it
 */
export function defineSystem<S extends SystemTypes>(definition: SystemDefinition<S>): System {
  return {
    settings: {},
    outages: [],
    rules: {},
    sockets: {},
    bulk: null,
    ...definition,
    id: definition.contract.system,
    state: { ...definition.state, ...coreCollections },
  }
}
