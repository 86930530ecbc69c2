/** Calls on one line each, for transcripts: `POST /clock/advance {"by":"PT1M"}`. */
import type { Sent } from './transcript-http.js'

/** Filters of records, right, misspelt and out of bounds, as queries. */
export const FILTERS: readonly string[] = [
  'id=1', 'id=1&id=2', 'id_gte=2', 'id_lte=1', 'id_ne=1', 'nickname_like=小', 'nickname_like=^小', 'nickname_like=小*$', 'mobile_like=*3002', 'q=13800003001', 'q=', 'q=a&q=b', '_sort=id&_order=desc',
  '_sort=nickname,id&_order=asc,desc', '_sort=nope', '_sort=id&_order=up', '_page=1&_limit=2', '_page=2&_limit=2', '_page=0', '_page=x', '_page=99', '_limit=0', '_limit=-1', '_limit=1e3', '_start=1', '_start=1&_end=2', '_start=1&_limit=1',
  '_start=-1', '_end=0', 'nicknam=x', 'nickname_lik=x', 'nickname_gt=x', '_srt=id', 'avatar.url=x', 'id=', 'id=x', 'gender=null', `nickname_like=${'x'.repeat(200)}`, `nickname_like=${'x'.repeat(201)}`, `mobile_like=${'*'.repeat(100)}`,
  Array.from({ length: 50 }, () => 'id_ne=9').join('&'), Array.from({ length: 51 }, () => 'id_ne=9').join('&'), `${'a.'.repeat(101)}b=1`, 'at=0', 'at=1', 'at=99', 'at=x', 'at=-1', '%ff=1', 'id=%E0%A4%A', '__proto__=1', 'constructor=1',
]

/** Filters of the journal, right, misspelt and out of bounds, as queries. */
export const REQUEST_FILTERS: readonly string[] = [
  '', 'system=live', 'system=lvie', 'system=LIVE', 'operationId=liveLogin', 'operationId=liveLogn', 'operationId=', 'method=POST', 'method=post', 'method=FROB', 'path=/auth/*', 'path=/auth/code', 'path=/auth', 'path=*', `path=/${'x'.repeat(500)}`,
  'status=200', 'status=0', 'status=600', 'status=x', 'error=API_INVALID_AUTH_CODE', 'error=API_INVALID_AUTH_CDE', 'system=live&error=USER_NOT_FOUND', 'user=1', 'user=2', 'unmatched=true', 'unmatched=false', 'unmatched=yes', 'preflight=true', 'preflight=false',
  'violations=true', 'after=2', 'after=0', 'after=-1', 'after=1.5', 'limit=1', 'limit=2', 'limit=0', 'limit=10000', 'limit=10001', 'limit=x', 'secrets=true', 'secrets=1', 'limt=1', 'system=live&system=edu', 'system=live&method=POST&status=200',
]

/** @returns the call that a line says; its path is below the control plane unless it begins with `@` */
export function readLine(line: string): Sent {
  const [method = '', path = '', ...rest] = line.split(' ')
  const body = rest.join(' ')
  return { method, path: encodeURI(path.startsWith('/@') || path.startsWith('//') ? path : `/__admin${path}`).replaceAll('%25', '%'), ...(body === '' ? {} : { body, headers: { 'content-type': 'application/json' } }) }
}
