/** A client of trid: one URL, the operation in its query, the token in the body of the registration. */
import type { Middleware } from 'openapi-fetch'
import { codes, type components, type operations, type paths } from '../../generated/trid/contract.js'
import { deviceTime } from './clock.js'
import { openClient } from './open.js'
import { type DialectRules, isSuccessful, ownWord } from './own-word.js'
import { asText, type BaseOptions, type JsonObject, memoryTokens } from './shared.js'
import type { ContractClient, Result } from './types.js'

type Schemas = components['schemas']

/** The token is the one of the last code check or registration. */
export interface TridClientOptions extends BaseOptions<string> {
  /** The time that requests bear, in milliseconds since 1970; the device's when left out. */
  now?: (() => number) | undefined
}

/** The three operations, with `type`, `time` and `token` filled in. */
export interface TridCalls {
  tridSendSms(fields: Omit<Schemas['SmsRequest'], 'type' | 'time'>): Promise<Result<operations['tridSendSms']>>
  tridCheckSms(fields: Omit<Schemas['SmsCheck'], 'type' | 'time'>): Promise<Result<operations['tridCheckSms']>>
  /** Registers with the token of the last code check, unless another is given. */
  tridRegister(fields: Omit<Schemas['Registration'], 'type' | 'token'> & { token?: string }): Promise<Result<operations['tridRegister']>>
}

export type TridClient = ContractClient<paths> & { readonly call: TridCalls }

const SEND = '/index.php?r=user/sms-validation-request' satisfies keyof paths
const CHECK = '/index.php?r=user/sms-validation-code' satisfies keyof paths
const REGISTER = '/index.php?r=user/register' satisfies keyof paths

const DIALECT: DialectRules = { isOwn }

/**
 * Makes a client of trid. A code check and a registration keep their token.
 * @returns an openapi-fetch client whose paths contain the query (`/index.php?r=user/register`), and `call`, which needs less typing;
 *   `data` is the union of success and failures, told apart by `error_no`
 */
export function createTridClient({ tokens = memoryTokens(), now = deviceTime, ...options }: TridClientOptions): TridClient {
  const time = () => String(Math.floor(now() / 1000))
  const keeping: Middleware = {
    async onResponse({ response, schemaPath, options: { parseAs } }) {
      if (schemaPath !== CHECK && schemaPath !== REGISTER) return
      const body = await ownWord(response, DIALECT, parseAs)
      const token = body?.success === true && body.error_no === codes.OK ? asText(body.token) : undefined
      if (token !== undefined) await tokens.set(token)
    },
  }
  const client = openClient<paths>(options, DIALECT, [keeping])
  const call: TridCalls = {
    tridSendSms: (fields) => client.POST(SEND, { body: { type: 'sms_validation_request', time: time(), ...fields } }),
    tridCheckSms: (fields) => client.POST(CHECK, { body: { type: 'sms_validation_code', time: time(), ...fields } }),
    tridRegister: async (fields) => client.POST(REGISTER, { body: { type: 'register', token: (await tokens.get()) ?? '', ...fields } }),
  }
  return Object.assign(client, { call })
}

/** The operations answer under 200; under a status of failure come the framework's own errors: no path, another verb, a fault. */
function isOwn({ type, success, error_no, error_msg, name, message, status: said }: JsonObject, status: number): boolean {
  if (!isSuccessful(status)) return typeof name === 'string' && typeof message === 'string' && said === status
  return typeof type === 'string' && typeof success === 'boolean' && typeof error_no === 'number' && (error_msg === null || typeof error_msg === 'string')
}
