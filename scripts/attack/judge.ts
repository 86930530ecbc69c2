/** Asks through the stub for what a hostile backend answers, and says what of the answer is off. */
import { calls, type Case, WITHOUT_END } from './cases.js'
import type { Answer, Send } from './send.js'
import type { Tally } from './tally.js'

/** So long a call may take on a machine that does other things as well; and where its answer is a second's work, which is done in slices between all else. */
const [PATIENCE, LONG_PATIENCE] = [10_000, 30_000]
/** So many characters of these may not come through but where they stream; what is short is another call's answer, of a backend that answers nobody. */
const MUCH = 512 * 1024
/** Answers that are a second's work. */
export const LONG: readonly string[] = ['a body below the bound', '700,000 keys']

/** Where a case is asked: its sandbox, and how to tell of it. */
export interface Place {
  readonly sandbox: string
  readonly told: string
  /** Whether what other calls are answered may take an answer along that is right. */
  readonly isShared?: boolean
}

/** Asks for what the case wants, and judges the answer. */
export async function ask(send: Send, tally: Tally, one: Case, { sandbox, told, isShared = false }: Place): Promise<void> {
  const wanted = calls[one.name]
  if (wanted === undefined) return
  const { call, streams = false } = wanted
  const text = `${told}, turn ${String(one.turn)}: ${one.kind}, to ${call.method} ${call.path} (${one.mode})`
  const answer = await send({ ...call, path: `/@${sandbox}${call.path}turn=${String(one.turn)}` }, LONG.includes(one.kind) ? LONG_PATIENCE : PATIENCE)
  judge(tally, text, one, answer, streams)
  if (one.kind === 'right' && one.mode !== 'compare' && !isShared && answer.kind === 'answer' && !isRight(answer)) tally.fail('off', text, `a right answer did not come through: ${String(answer.headers['understudy-source-reason'])}`)
}

/** Whether it is what a backend answers that means well. */
export function isRight(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.headers['understudy-source'] === 'real' && answer.status < 300
}

/** The backend's own answer is its own, a page as well, as long as it can do nothing here; all else is the stub's, and says why. */
function judge(tally: Tally, told: string, { kind, mode }: Case, answer: Answer, streams: boolean): void {
  // What streams through ends where the backend ends it.
  if (answer.kind !== 'answer') {
    tally.add(told, answer, streams)
    return
  }
  const { 'understudy-source': source, 'understudy-source-reason': reason, 'content-type': type = '', 'content-security-policy': policy = '' } = answer.headers
  if (source === 'real') {
    const isApart = /^application\/json/.test(type) || /sandbox/.test(String(policy))
    tally.expect(isApart && mode !== 'compare' && (streams || answer.text.length < MUCH || !WITHOUT_END.includes(kind)), told, JSON.stringify(answer.headers))
  } else {
    tally.add(told, answer, reason !== undefined)
    if (mode === 'real' && reason === undefined) tally.fail('off', told, `the stub answered and did not say why: ${answer.text}`)
    if (answer.text !== '' && !streams && !isJson(answer.text)) tally.fail('off', told, `what the stub says is no JSON: ${answer.text}`)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
