/** job as a backend team might have built it: one token a user, in a header, the query or a form. */
import { type Answered, type Asked, type Backend, startBackend } from './backend.js'

const refused = (code: number, message: string, status = 200): Answered => ({ status, json: { message, code, data: null, ok: false } })
const accepted = (data: unknown = null): Answered => ({ json: { message: 'success', code: 0, data, ok: true } })

const JOB = {
  id: 9001, title: 'Real job', wage: 120, timeToPay: '日结', expiredTime: 1_790_000_000_000, postTime: 1_760_000_000_000, workTime: null, workPlace: 'here', province: null, city: null, region: null,
  jobDescription: 'd', jobDetail: null, contact: 'c', contactPhone: '13800002999', contactQq: null, likes: 0, memberId: 2, jobPostCategoryId: 1, deleted: false,
}

/** Knows one student, 13800002002 with abc12345. */
export function startJobBackend(): Promise<Backend> {
  let token: string | null = null
  let logins = 0
  const collected = new Set<string>()
  return startBackend((asked) => {
    const { method, path, text } = asked
    const form = new URLSearchParams(text)
    const given = tokenOf(asked)
    const alive = given !== '' && given === token
    const id = /^\/api\/u\/job\/fav\/(\d+)$/.exec(path)?.[1]
    if (method === 'POST' && id !== undefined) {
      if (!alive) return refused(7, 'not logged in')
      if (id !== '9001') return refused(12, 'not found')
      if (collected.has(id)) return refused(16, 'already collected')
      collected.add(id)
      return accepted()
    }
    switch (`${method} ${path}`) {
      case 'POST /login': {
        if (form.get('username') !== '13800002002') return refused(4, 'user does not exist')
        if (form.get('password') !== 'abc12345') return refused(3, 'wrong password')
        token = `RealTokenNumber${String.fromCharCode(65 + (++logins % 26)).repeat(5)}`
        return accepted({ id: 2, appToken: token })
      }
      case 'GET /logout':
        if (!alive) return refused(7, 'not logged in')
        token = null
        return accepted()
      case 'GET /api/job/list':
        if (given !== '' && !alive) return refused(7, 'not logged in')
        return accepted({ list: [JOB], resultCount: 1 })
      case 'GET /api/u/job/favlist':
        return alive ? accepted({ list: collected.size > 0 ? [JOB] : [], resultCount: collected.size }) : refused(7, 'not logged in')
      case 'GET /api/user/acc/balance':
        return alive ? accepted(42.5) : refused(7, 'not logged in')
      default:
        return null
    }
  }, refused(-2, 'ERROR', 404))
}

function tokenOf({ headers, query, text, method }: Asked): string {
  const header = headers['app-token']
  const form = method === 'POST' ? new URLSearchParams(text).get('appToken') : null
  return [header, query.get('appToken'), form].find((one): one is string => typeof one === 'string' && one !== '') ?? ''
}
