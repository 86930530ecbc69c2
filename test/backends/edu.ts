/** edu as a backend team might have built it: one session an account, a displaced token says by whom. */
import { type Answered, type Backend, fields, startBackend, textOr } from './backend.js'

interface Session {
  readonly access: string
  readonly refresh: string
  readonly userID: string
  endedBy: { device: string; at: string } | null
}

const refused = (status: number, code: number, msg: string, more: object = {}): Answered => ({ status, json: { code, msg, ...more } })
const accepted = (payload: object = {}): Answered => ({ json: { code: 900, ...payload } })
const PROFILE = { nick: 'Real student', phone: '13800001001', intro: '', avatar: '', has_passwd: true }

/** Knows one student, 13800001001 with abc12345. */
export function startEduBackend(): Promise<Backend> {
  const sessions: Session[] = []
  const userID = 'feed00000000000000000001'
  let nick = PROFILE.nick
  const byHeader = (header: unknown) => {
    const token = new URLSearchParams(Buffer.from(textOr(header, ''), 'base64').toString()).get('access_token')
    return sessions.find(({ access }) => access === token)
  }
  const dead = (session: Session | undefined) => (session?.endedBy ? refused(401, 903, '已在其他设备登录', { nextDevice: session.endedBy.device, nextLogin: session.endedBy.at }) : refused(401, 903, '登录信息失效，请重新登陆'))
  return startBackend(({ method, path, query, headers, text }) => {
    const body = fields(text)
    const session = byHeader(headers['auth'])
    const alive = session !== undefined && session.endedBy === null
    switch (`${method} ${path}`) {
      case 'POST /rest/s/smscode':
        return accepted()
      case 'POST /rest/s/login': {
        if (body['phone'] !== '13800001001') return refused(404, 902, '用户不存在')
        if (body['smscode'] !== undefined && body['smscode'] !== '123456') return refused(400, 603, '无效的短信验证码')
        if (body['smscode'] === undefined && body['passwd'] !== 'abc12345') return refused(400, 906, '密码错误')
        for (const one of sessions) one.endedBy ??= { device: textOr(body['device'], 'Real phone'), at: '2026-01-05T04:00:00.000Z' }
        const turn = String(sessions.length + 1)
        const made: Session = { access: `ac${turn.padStart(46, '0')}`, refresh: `ef${turn.padStart(46, '0')}`, userID, endedBy: null }
        sessions.push(made)
        return accepted({ info: { userID, ...PROFILE, nick, access_token: made.access, access_token_expire: 7_200_000, refresh_token: made.refresh, refresh_token_expire: 2_592_000_000 } })
      }
      case 'GET /rest/s/checkToken': {
        const asked = sessions.find(({ access, refresh }) => access === query.get('access_token') || refresh === query.get('refresh_token'))
        return asked?.endedBy === null ? accepted({ access_token_expire: 7_000_000 }) : dead(asked)
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
}
