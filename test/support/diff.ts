/** Two versions of a small contract: the second is the first with something changed. */
import type { ContractChange } from '../../src/cli/diff/change.js'
import { compare } from '../../src/cli/diff/compare.js'
import type { Side } from '../../src/cli/diff/side.js'

interface Row {
  const: number
  title: string
  description: string
  'x-condition': string
  'x-message'?: string
  'x-status'?: number | number[]
}

const row = (code: number, title: string, condition: string): Row => ({ const: code, title, description: `（${condition}）`, 'x-condition': condition })
const failure = (code: number, title: string) => ({ title, type: 'object', required: ['code'], properties: { code: { type: 'integer', const: code } } })
const refs = (...names: string[]) => ({ oneOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })) })

/** A bundled document of a shop with a login and a list of orders; failures are spelled out as the generator does. */
export const shop = () => ({
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1.0.0' },
  servers: [{ url: 'http://localhost:4010/shop' }],
  'x-dialect': { code: 'code', message: 'msg', success: 'OK', payload: { under: 'data' } as object },
  'x-decision': [{ topic: 'Time zone', says: 'Nothing.', reading: 'UTC+08:00', readingZh: '东八区' }],
  paths: {
    '/login': {
      post: {
        operationId: 'shopLogin',
        summary: '登录 · Log in',
        security: [] as object[],
        'x-provenance': 'seed',
        'x-roles': [] as string[],
        'x-errors': ['BAD_REQUEST', 'WRONG_PASSWORD'],
        requestBody: {
          content: { 'application/json': { schema: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 20 }, password: { type: 'string' } } } } },
        },
        responses: { '200': { description: 'ok', content: { 'application/json': { schema: refs('LoginSuccess', 'BadRequestFailure', 'WrongPasswordFailure') } } } } as object,
      },
    },
    '/orders': {
      get: {
        operationId: 'shopOrders',
        summary: '订单 · Orders',
        security: [{}, { token: [] }] as object[],
        'x-provenance': 'implied',
        'x-roles': ['buyer', 'seller'],
        'x-errors': ['BAD_REQUEST', 'NOT_LOGGED_IN'],
        responses: { '200': { description: 'ok', content: { 'application/json': { schema: refs('OrdersSuccess', 'BadRequestFailure', 'NotLoggedInFailure') } } } } as object,
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'Token' } },
    schemas: {
      ErrorCode: {
        type: 'integer',
        oneOf: [row(0, 'OK', 'ok'), row(1, 'BAD_REQUEST', 'invalidRequest'), row(2, 'WRONG_PASSWORD', 'passwordWrong'), row(3, 'NOT_LOGGED_IN', 'unauthenticated'), row(4, 'TOO_OFTEN', 'tooFrequent')],
      },
      LoginSuccess: { type: 'object', required: ['code', 'token'], properties: { code: { const: 0 }, token: { type: 'string' } } },
      OrdersSuccess: { type: 'object', required: ['code', 'state'], properties: { code: { const: 0 }, state: { type: 'string', enum: ['open', 'paid'] } } },
      BadRequestFailure: failure(1, 'BAD_REQUEST'),
      WrongPasswordFailure: failure(2, 'WRONG_PASSWORD'),
      NotLoggedInFailure: failure(3, 'NOT_LOGGED_IN'),
    },
  },
})

export type Shop = ReturnType<typeof shop>

/** The row of a constant. */
export function rowOf(document: Shop, name: string): Row {
  const found = document.components.schemas.ErrorCode.oneOf.find(({ title }) => title === name)
  if (found === undefined) throw new Error(`the shop has no ${name}`)
  return found
}

/** A side that holds one document. */
export function sideOf(document: object, conditions: Side['conditions'] = new Map()): Side {
  return { read: 'shop', written: false, systems: new Map([['shop', document as Readonly<Record<string, never>>]]), conditions } // plain JSON by construction
}

/** What the comparison says of the shop before and after. */
export async function changesOf(edit: (document: Shop) => void): Promise<readonly ContractChange[]> {
  const after = shop()
  edit(after)
  const systems = await compare(sideOf(shop()), sideOf(after))
  return systems.flatMap(({ changes }) => changes)
}
