/** Single operations of the other systems: what is sent again and again, after whatever has to come before it. */
import { createClient } from './client.js'

/** One request as it is sent. ASCII throughout. */
export interface Sent {
  readonly method: string
  /** Path and query below the system's base. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Endpoint {
  readonly what: string
  readonly system: string
  /**
   * @param base URL of the system
   * @returns the requests that are sent in turn; what they need (a login, say) has been done
   */
  prepare(base: string): Promise<readonly Sent[]>
}

const call = createClient(1)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_BODY = { 'content-type': 'application/json' }
const EDU = { client: '2.0.0', platform: 'ios', ...JSON_BODY }
/** Jobs of the world that user 2 has not collected. */
const JOBS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

const get = (path: string, headers: Sent['headers']): Sent => ({ method: 'GET', path, headers, body: '' })

const asStudent = async (base: string): Promise<Sent['headers']> => ({ 'App-Token': field(await call(`${base}/login`, { method: 'POST', headers: FORM, body: 'username=13800002002&password=abc12345' }), 'appToken') })

export const endpoints: readonly Endpoint[] = [
  {
    what: 'edu, check of a token',
    system: 'edu',
    prepare: async (base) => {
      const answer = await call(`${base}/rest/s/login`, { method: 'POST', headers: { ...EDU, u: '86', w: '02' }, body: JSON.stringify({ phone: '13800001001', passwd: 'abc12345' }) })
      return [get(`/rest/s/checkToken?access_token=${field(answer, 'access_token')}`, EDU)]
    },
  },
  { what: 'edu, teachers', system: 'edu', prepare: async () => [get('/rest/s/teachers', EDU)] },
  { what: 'job, list of jobs', system: 'job', prepare: async () => [get('/api/job/list?pageSize=20', {})] },
  { what: 'job, balance', system: 'job', prepare: async (base) => [get('/api/user/acc/balance', await asStudent(base))] },
  {
    what: 'job, collect a job and give it up',
    system: 'job',
    prepare: async (base) => {
      const headers = await asStudent(base)
      const sent = (method: string) => (id: number): Sent => ({ method, path: `/api/u/job/fav/${String(id)}`, headers, body: '' })
      return [...JOBS.map(sent('POST')), ...JOBS.map(sent('DELETE'))]
    },
  },
  {
    what: 'im, contacts',
    system: 'im',
    prepare: async (base) => {
      const response = await fetch(`${base}/android/login/`, { method: 'POST', headers: JSON_BODY, body: JSON.stringify({ phone: '13800004001', password: 'abc12345' }) })
      await response.body?.cancel()
      return [get('/android/user_contacts/', { cookie: (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' })]
    },
  },
  {
    what: 'trid, a refused request',
    system: 'trid',
    prepare: async () => [{ method: 'POST', path: '/index.php?r=user/sms-validation-request', headers: JSON_BODY, body: '{"type":"sms_validation_request","tel":"13800005001"}' }],
  },
]

/** @throws Error when the answer has no such text in it */
function field(answer: string, name: string): string {
  const found = new RegExp(`"${name}":"([^"]+)"`).exec(answer)?.[1]
  if (found === undefined) throw new Error(`no ${name} in ${answer}`)
  return found
}
