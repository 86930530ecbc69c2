/** live as a backend team might have built it, from the marketing department's document. */
import { type Answered, type Backend, fields, startBackend } from './backend.js'

const refused = (code: number, desc: string): Answered => ({ json: { code, desc } })
const accepted = (payload: object = {}): Answered => ({ json: { code: 2000, desc: 'ok', ...payload } })

/**
 * Users are made at first sight; a new login voids the former key.
 * @param ownerMobile what the list of channels tells of the number of whose they are
 */
export function startLiveBackend(ownerMobile: string | null = null): Promise<Backend> {
  const codes = new Set<string>()
  const keys = new Map<string, string>()
  const users = new Map<string, { id: number; nickname: string; avatar: string; gender: number | null; bio: string }>()
  let drawn = 0
  const owner = { id: 7, nickname: 'Real owner', bio: '', avatar: '', gender: null, mobile: ownerMobile }
  return startBackend(({ method, path, query, headers, text }) => {
    const key = Buffer.from((headers.authorization ?? '').replace(/^basic /i, ''), 'base64').toString().split(':', 1)[0] ?? ''
    const mobile = [...keys].find(([, value]) => value === key)?.[0]
    const user = mobile === undefined ? undefined : users.get(mobile)
    switch (`${method} ${path}`) {
      case 'GET /auth/code':
        if (!/^1\d{10}$/.test(query.get('mobile') ?? '')) return refused(4000, "missing arguments 'mobile'")
        codes.add(query.get('mobile') ?? '')
        return accepted()
      case 'POST /auth/login': {
        const { mobile: given, auth_code: code } = fields(text)
        if (typeof given !== 'string' || typeof code !== 'string') return refused(4000, 'bad request')
        if (code !== '123456' || !codes.delete(given)) return refused(4011, 'invalid auth code')
        const drawnKey = `beef${String(++drawn).padStart(28, '0')}`
        keys.set(given, drawnKey)
        if (!users.has(given)) users.set(given, { id: 5000 + users.size, nickname: 'real', avatar: '', gender: null, bio: '' })
        return accepted({ api_key: drawnKey, mobile: given })
      }
      case 'POST /auth/logout':
        if (mobile === undefined) return refused(4010, 'unauthorized')
        keys.delete(mobile)
        return accepted()
      case 'GET /users/my':
        return user === undefined ? refused(4010, 'unauthorized') : accepted({ user: { ...user, mobile } })
      case 'POST /users/my':
        if (user === undefined) return refused(4010, 'unauthorized')
        Object.assign(user, fields(text))
        return accepted({ user: { ...user, mobile } })
      case 'GET /channels/live':
        if (user === undefined) return refused(4010, 'unauthorized')
        return accepted({ count: 1, channels: [{ id: 71, title: 'Real channel', thumbnail: '', desc: '', status: 1, owner, visit_count: 3, like_count: 1, started_at: 1_763_600_000 }] })
      default:
        return null
    }
  }, refused(4000, 'bad request: unknown path'))
}
