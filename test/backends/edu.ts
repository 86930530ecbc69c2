/** edu as a backend team might have built it: one session an account, a displaced token says by whom. */
import { type Answered, type Backend, fields, startBackend, textOr } from './backend.js'

interface Session {
  access: string
  isExpired: boolean
  readonly refresh: string
  readonly userID: string
  endedBy: { device: string; at: string } | null
}

const refused = (status: number, code: number, msg: string, more: object = {}): Answered => ({ status, json: { code, msg, ...more } })
const accepted = (payload: object = {}): Answered => ({ json: { code: 900, ...payload } })
const PROFILE = { nick: 'Real student', phone: '13800001001', intro: '', avatar: '', has_passwd: true }

/** Knows one student, 13800001001 with abc12345. `expire` lets all access tokens run out. */
export async function startEduBackend(): Promise<Backend & { expire(): void }> {
  const sessions: Session[] = []
  const userID = 'feed00000000000000000001'
  let nick = PROFILE.nick
  const byHeader = (header: unknown) => {
    const token = new URLSearchParams(Buffer.from(textOr(header, ''), 'base64').toString()).get('access_token')
    return sessions.find(({ access }) => access === token)
  }
  const dead = (session: Session | undefined) => (session?.isExpired === true && session.endedBy === null ? refused(400, 899, '请求失败，access_token超时') : session?.endedBy ? refused(401, 903, '已在其他设备登录', { nextDevice: session.endedBy.device, nextLogin: session.endedBy.at }) : refused(401, 903, '登录信息失效，请重新登陆'))
  let renewed = 0
  const backend = await startBackend(({ method, path, query, headers, text }) => {
    const body = fields(text)
    const session = byHeader(headers['auth'])
    const alive = session !== undefined && session.endedBy === null && !session.isExpired
    switch (`${method} ${path}`) {
      case 'POST /rest/s/smscode':
        return accepted()
      case 'POST /rest/s/login': {
        if (body['phone'] !== '13800001001') return refused(404, 902, '用户不存在')
        if (body['smscode'] !== undefined && body['smscode'] !== '123456') return refused(400, 603, '无效的短信验证码')
        if (body['smscode'] === undefined && body['passwd'] !== 'abc12345') return refused(400, 906, '密码错误')
        for (const one of sessions) one.endedBy ??= { device: textOr(body['device'], 'Real phone'), at: '2026-01-05T04:00:00.000Z' }
        const turn = String(sessions.length + 1)
        const made: Session = { access: `ac${turn.padStart(46, '0')}`, refresh: `ef${turn.padStart(46, '0')}`, userID, isExpired: false, endedBy: null }
        sessions.push(made)
        return accepted({ info: { userID, ...PROFILE, nick, access_token: made.access, access_token_expire: 7_200_000, refresh_token: made.refresh, refresh_token_expire: 2_592_000_000 } })
      }
      case 'GET /rest/s/checkToken': {
        const asked = sessions.find(({ access, refresh }) => access === query.get('access_token') || refresh === query.get('refresh_token'))
        return asked?.endedBy === null ? accepted({ access_token_expire: 7_000_000 }) : dead(asked)
      }
      case 'POST /rest/s/accessToken': {
        const asking = sessions.find(({ refresh }) => refresh === body['refresh_token'])
        if (asking === undefined || asking.endedBy !== null) return dead(asking)
        asking.access = `ac${`9${String(++renewed)}`.padStart(46, '0')}`
        asking.isExpired = false
        return accepted({ access_token: asking.access, access_token_expire: 7_200_000 })
      }
      case 'GET /rest/s/info':
        return alive ? accepted({ info: { userID, ...PROFILE, nick, name: '', school: '', version: '', grade: '' } }) : dead(session)
      case 'POST /rest/s/info':
        if (!alive) return dead(session)
        nick = textOr(body['nick'], nick)
        return accepted()
      case 'GET /rest/s/teachers':
        return accepted({ list: [{ userID: 'feed00000000000000000101', nick: 'Real teacher', name: '', avatar: '', intro: '', ordered: false }] })
      case 'POST /rest/s/logout':
        if (!alive) return dead(session)
        sessions.splice(sessions.indexOf(session), 1)
        return accepted()
      default:
        return null
    }
  }, refused(404, 911, '要获取的资源不存在'))
  return {
    ...backend,
    expire: () => {
      for (const one of sessions) one.isExpired = true
    },
  }
}
