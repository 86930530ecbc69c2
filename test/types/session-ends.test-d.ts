/** A code that ends a login and that a client does not know is a compile error. Compiled with the rest (`npm run typecheck`), never run. */
import { expectTypeOf } from 'vitest'
import type { Advising, SessionEnds, TokenEnds } from '../../src/contract/clients/session-ends.js'
import { type contract as edu } from '../../src/contract/edu.js'
import { type contract as im } from '../../src/contract/im.js'
import { type contract as job } from '../../src/contract/job.js'
import { codes, type contract as live } from '../../src/contract/live.js'

/** The table of live, had its kick-out a code of its own. */
type WithKickOut = typeof live.errors & { readonly API_KICKED_OUT: { readonly code: 4012; readonly condition: 'kickedOut' } }

export const known = { API_UNAUTHORIZED: codes.API_UNAUTHORIZED } satisfies SessionEnds<typeof live.errors>
// @ts-expect-error the client would keep the key of whoever was kicked out
export const overlooked = { API_UNAUTHORIZED: codes.API_UNAUTHORIZED } satisfies SessionEnds<WithKickOut>
export const mended = { API_UNAUTHORIZED: codes.API_UNAUTHORIZED, API_KICKED_OUT: 4012 } satisfies SessionEnds<WithKickOut>
// @ts-expect-error a wrong code by SMS ends no login
export const tooMany = { API_UNAUTHORIZED: codes.API_UNAUTHORIZED, API_INVALID_AUTH_CODE: 4011 } satisfies SessionEnds<typeof live.errors>

expectTypeOf<Advising<typeof live.errors, 'relogin'>>().toEqualTypeOf<'API_UNAUTHORIZED'>()
expectTypeOf<Advising<typeof job.errors, 'relogin'>>().toEqualTypeOf<'NOT_LOGGED_IN'>()
expectTypeOf<Advising<typeof im.errors, 'relogin'>>().toEqualTypeOf<never>()
expectTypeOf<Advising<typeof edu.errors, 'relogin'>>().toEqualTypeOf<'UNAUTHENTICATED'>()
expectTypeOf<keyof TokenEnds<typeof edu.errors>>().toEqualTypeOf<'ACCESS_TOKEN_EXPIRED'>()
