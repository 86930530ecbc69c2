/** trid as a backend team might have built it: one URL, the query says which of three operations. */
import { type Answered, type Backend, fields, startBackend } from './backend.js'

const refused = (type: string, error_no: number, error_msg: string): Answered => ({ json: { type, success: false, error_no, error_msg } })
const accepted = (type: string, payload: object = {}): Answered => ({ json: { type, success: true, ...payload, error_no: 0, error_msg: null } })
const TYPES: Readonly<Record<string, string>> = { 'user/sms-validation-request': 'sms_validation_send', 'user/sms-validation-code': 'sms_validation_result', 'user/register': 'register' }

export function startTridBackend(): Promise<Backend> {
  const tokens = new Map<string, string>()
  const asked = new Set<string>()
  let drawn = 0
  const token = (tel: string) => {
    const made = `dada${String(++drawn).padStart(44, '0')}`
    tokens.set(tel, made)
    return made
  }
  const unknown: Answered = { status: 404, json: { name: 'Not Found', message: 'Page not found.', code: 0, status: 404 } }
  return startBackend(({ path, query, text }) => {
    const route = query.get('r') ?? ''
    const type = TYPES[route]
    if (path !== '/index.php' || type === undefined) return null
    const body = fields(text)
    const tel = body['tel']
    if (typeof tel !== 'string' || tel === '') return refused(type, 2, 'input not valid.')
    if (type === 'sms_validation_send') {
      asked.add(tel)
      return accepted(type)
    }
    if (type === 'sms_validation_result') return body['code'] === '123456' && asked.has(tel) ? accepted(type, { token: token(tel) }) : refused(type, 3, 'validation code invalid.')
    if (!asked.has(tel)) return refused(type, 3, 'tel not found.')
    if (tokens.get(tel) !== body['token']) return refused(type, 4, 'token not valid.')
    return accepted(type, { token: token(tel), huanxin_id: tel, huanxin_password: `$2y$10$${'a'.repeat(53)}` })
  }, unknown)
}
