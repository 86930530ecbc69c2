/** im as a backend team might have built it: a session cookie, set for its own host and path. */
import { type Answered, type Backend, fields, startBackend, textOr } from './backend.js'

const envelope = (status: number, message: string, result: unknown = [], more: Partial<Answered> = {}): Answered => ({ ...more, json: { status, result, message, date: '2026-01-05T12:00:00' } })

const ALICE = { id: 'r-1', username: 'real_alice', phone: '13800004001', avatar: 'media/avatars/android/default.jpg', desc: '', sex: 0, alias: '', friends: 1, isFriend: false, modifyAt: '2026/01/05' }
const BOB = { ...ALICE, id: 'r-2', username: 'real_bob', phone: '13800004002', alias: 'bb', friends: 0, isFriend: true }

/** Knows alice, 13800004001 with abc12345, and her friend bob. */
export function startImBackend(): Promise<Backend> {
  const live = new Set<string>()
  let user = ALICE
  let logins = 0
  return startBackend(({ method, path, headers, text }) => {
    const session = /(?:^|;\s*)sessionid=([^;]+)/.exec(headers.cookie ?? '')?.[1] ?? ''
    const body = fields(text)
    const isOpen = path === '/android/login/'
    if (!isOpen && !live.has(session)) return path.startsWith('/android/') ? envelope(11001, 'session error') : null
    switch (`${method} ${path}`) {
      case 'POST /android/login/': {
        if (body['phone'] !== user.phone) return envelope(6004, 'no such user')
        if (body['password'] !== 'abc12345') return envelope(10000, 'wrong password')
        const id = `real${String(++logins).padStart(28, '0')}`
        live.add(id)
        const cookie = `sessionid=${id}; Domain=im.example.test; Path=/android; HttpOnly; Secure; Max-Age=1209600`
        return envelope(1, 'ok', { user, account: user.phone, isBind: false }, { headers: { 'set-cookie': cookie } })
      }
      case 'GET /android/out/':
        live.delete(session)
        return envelope(1, 'ok', 'ok')
      case 'GET /android/user_contacts/':
        return envelope(1, 'ok', [BOB])
      case 'POST /android/complete_account/':
        user = { ...user, username: textOr(body['username'], user.username), avatar: textOr(body['avatar'], user.avatar), desc: textOr(body['desc'], user.desc) }
        return envelope(1, 'ok', { user, account: user.phone, isBind: false })
      default:
        return null
    }
  }, envelope(0, 'not found', [], { status: 404 }))
}
