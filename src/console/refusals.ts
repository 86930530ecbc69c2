/** What the stub refuses, in Chinese: one sentence for each kind of problem, and what the problem says of its parts. The stub's own words stay beside it. */
import { ControlError, type Problem } from '../client/control.js'
import type { ProblemKind } from '../core/problem-kinds.js'

const SENTENCES: Readonly<Record<ProblemKind, string>> = {
  'admin-token-required': '服务要求管理令牌：没有给出，或者不对。',
  'body-too-large': '内容太大，超过了此操作的上限。',
  'engine-trouble': '服务暂时无法保存或读取沙箱。',
  'foreign-host': '控制面不接受这个主机名。请用 IP 地址或 localhost 访问。',
  'foreign-origin': '控制面不接受来自这个网页的请求。',
  'internal': '服务内部出错，原因在它的日志里。这是替身的缺陷，不是操作有误。',
  'invalid-request': '请求不合规定。',
  'method-not-allowed': '此路径不接受这种请求方法。',
  'no-host': '请求的地址里没有主机名。',
  'no-room': '空间不足，放不下了。',
  'no-such-path': '控制面没有这个路径。',
  'not-local': '服务没有设管理令牌，控制面只接受本机的请求。',
  'sandboxes-unreachable': '暂时读不到沙箱，请稍后再试。',
  'several-hosts': '请求带有多个 Host 首部，无法判断指的是哪一个。',
  'unsupported-media-type': '请求体须为未压缩的 JSON。',

  'no-matching-request': '等待期间没有符合条件的请求。',
  'no-such-collection': '没有这个集合。',
  'no-such-error': '这里没有这个错误。',
  'no-such-fault': '没有这条故障规则，或已被移除。',
  'no-such-network': '没有这种网络状况。',
  'no-such-operation': '没有这个接口。',
  'no-such-outage': '没有这种中断。',
  'no-such-record': '没有这条记录，或已被删除。',
  'no-such-request': '日志里没有这个请求，或已不再保留。',
  'no-such-sandbox': '没有这个沙箱，或已被删除。',
  'no-such-scenario': '没有这个场景。',
  'no-such-session': '没有这个会话，或已经结束。',
  'no-such-setting': '没有这项设置。',
  'no-such-socket': '没有这个推送通道或连接，或已经断开。',
  'no-such-system': '此服务没有这个系统。',
  'no-such-user': '没有这个用户。',

  'ambiguous-user': '符合的用户不止一个，请改用 id 或指明用户类型。',
  'backend-misfit': '不能这样接真实后端。',
  'clock-out-of-range': '超出了时钟能到的范围。',
  'close-code-misfit': '断开连接时不能用这个代码。',
  'fault-misfit': '不能这样布置故障。',
  'not-available': '这个系统没有此项功能。',
  'out-of-history': '历史到不了那里，无法退回或分出。',
  'packet-misfit': '推送内容不合要求。',
  'reason-too-long': '断开的原因写得太长。',
  'record-conflict': '与已有的记录冲突：键或唯一的值已被占用。',
  'record-misfit': '记录不合这个集合的规定。',
  'sandbox-exists': '已有同名的沙箱。请换个名字，或先删除、重置它。',
  'scenario-misfit': '场景与沙箱现有的数据不合，请先重置沙箱。',
  'setting-not-allowed': '这项设置不能取这个值。',
  'snapshot-misfit': '快照无法在这里恢复。',
  'too-many-faults': '故障规则太多，请先移除用完的，或全部移除。',
  'wait-interrupted': '等待被打断，请重新等待。',

  'console-not-built': '控制台尚未构建。',
  'invalid-sandbox-name': '沙箱名只能用字母、数字和“.”“_”“-”，最多 64 个字符，以字母或数字开头。',
  'no-document': '这个系统没有 OpenAPI 文档。',
  'no-such-page': '没有这个页面。',
  'no-websocket-handshake': '这不是 WebSocket 握手。',
  'preference-not-understood': '无法理解首部 Prefer 的内容。',
}

/** What is said of fields, by how the stub's words about them begin. */
const FIELDS: readonly (readonly [about: string, begins: RegExp])[] = [
  ['缺少 ', /^is missing/],
  ['没有这样的字段：', /^is (?:not known|no field|no query)/],
  ['有误的字段：', /^/],
]
/** Where more could have been given, the first of them are named. */
const MOST_KNOWN = 6

/** @returns why something could not be done, in Chinese */
export function inChinese(error: unknown): string {
  if (error instanceof ControlError) return wordsOf(error.problem, error.kind)
  return hasNoAnswer(error) ? '服务没有应答。' : '未能完成。'
}

/** @returns whether it was thrown because nobody answers */
export function hasNoAnswer(error: unknown): boolean {
  return error instanceof Error && error.cause !== undefined
}

function wordsOf({ errors = [], known = [] }: Problem, kind: string): string {
  // A stub of another version may know others.
  const sentence = isKnown(kind) ? SENTENCES[kind] : '服务拒绝了此操作。'
  const left = new Set(errors.filter(({ field }) => field !== null))
  const fields = FIELDS.flatMap(([about, begins]) => {
    const these = [...left].filter(({ message }) => begins.test(message))
    for (const one of these) left.delete(one)
    return these.length === 0 ? [] : [`${about}${list(these.map(({ field }) => field ?? ''))}。`]
  })
  const instead = known.length === 0 ? '' : `可选：${list(known.slice(0, MOST_KNOWN))}${known.length > MOST_KNOWN ? ` 等 ${String(known.length)} 个` : ''}。`
  return [sentence, ...fields, instead].join('')
}

function isKnown(kind: string): kind is ProblemKind {
  return Object.hasOwn(SENTENCES, kind)
}

function list(names: readonly string[]): string {
  return [...new Set(names)].join('、')
}
