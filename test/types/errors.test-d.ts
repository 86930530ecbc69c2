/** What the compiler says of `classify`: every condition, and every error of a system, has to be thought of. */
import { expectTypeOf } from 'vitest'
import { type Advice, assertNever, classify, codesOf, type Condition, type ErrorName, type SystemId } from '../../src/errors/index.js'

const answer = { status: 200, headers: {}, body: null }

export function byName(): string {
  const result = classify('live', answer)
  switch (result.name) {
    case 'API_OK':
      return 'done'
    case 'API_BAD_REQUEST':
    case 'API_UNAUTHORIZED':
    case 'API_INVALID_AUTH_CODE':
    case 'API_USER_NOT_FOUND':
      return result.message.zh
    case null:
      return 'not an answer of live'
    default:
      return assertNever(result)
  }
}

export function oneForgotten(): string {
  const result = classify('live', answer)
  switch (result.name) {
    case 'API_OK':
    case 'API_BAD_REQUEST':
    case 'API_UNAUTHORIZED':
    case 'API_INVALID_AUTH_CODE':
    case null:
      return 'fine'
    default:
      // @ts-expect-error API_USER_NOT_FOUND was forgotten
      return assertNever(result)
  }
}

export function byAdvice(system: SystemId): Advice | 'report' {
  const result = classify(system, answer)
  switch (result.advice) {
    case 'none':
    case 'relogin':
    case 'refresh':
    case 'retryLater':
    case 'fixInput':
    case 'showMessage':
    case 'followUrl':
    case 'ignore':
      expectTypeOf(result.condition).toEqualTypeOf<Condition>()
      return result.advice
    case null:
      expectTypeOf(result.condition).toEqualTypeOf<null>()
      return 'report'
    default:
      return assertNever(result)
  }
}

export function byCondition(condition: Exclude<Condition, 'ok'>): string {
  switch (condition) {
    case 'kickedOut':
      return 'somebody else logged in'
    default:
      // @ts-expect-error most conditions were forgotten
      return assertNever(condition)
  }
}

expectTypeOf<ErrorName<'live'>>().toEqualTypeOf<'API_OK' | 'API_BAD_REQUEST' | 'API_UNAUTHORIZED' | 'API_INVALID_AUTH_CODE' | 'API_USER_NOT_FOUND'>()
expectTypeOf(codesOf('ok').live).toExtend<readonly { code: 2000 | 4000 | 4010 | 4011 | 4041 }[]>()
// @ts-expect-error no such condition
codesOf('tired')
// @ts-expect-error no such system
classify('tv', answer)
// @ts-expect-error an operation of another system
classify('live', { ...answer, operation: 'jobLogin' })
