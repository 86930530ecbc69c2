/** Asks before something goes that cannot be had back: says how much it is, and offers to keep a fork of it. */
import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { act, ask, control } from '../api.js'
import { count } from '../format.js'
import { t } from '../language.js'
import { useResource } from '../live/resource.js'
import { note } from '../notices.js'
import { Dialog } from './dialog.js'
import { Why } from './why.js'

interface Question {
  /** What is to be done, as a question: `Reset alice?` */
  readonly title: string
  /** What becomes of the sandbox. */
  readonly words: string
  /** On the button that does it. */
  readonly verb: string
  readonly sandbox: string
  /** Whether the calls alone go; else sessions and records do as well. */
  readonly callsOnly?: boolean
  readonly carryOut: () => Promise<unknown>
}

const open = signal<Question | null>(null)

/** Puts the question; what it is about is carried out when the reader says so. */
export function put(question: Question): void {
  open.value = question
}

/** Where the question is shown. */
export function QuestionDialog() {
  const question = open.value
  return question === null ? null : <Asked key={question.title} question={question} onClose={() => { open.value = null }} />
}

function Asked({ question: { title, words, verb, sandbox, callsOnly = false, carryOut }, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const [isKept, keep] = useState(false)
  const params = { params: { path: { sandbox } } }
  const { data, failure } = useResource(async () => {
    const [{ journal }, { systems }] = await Promise.all([ask(control.value.GET('/sandboxes/{sandbox}', params)), ask(control.value.GET('/sandboxes/{sandbox}/overview', params))])
    const sum = (of: (one: (typeof systems)[number]) => number) => systems.reduce((all, one) => all + of(one), 0)
    return { calls: journal, sessions: sum(({ sessions }) => sessions), records: sum(({ changed }) => changed) }
  }, sandbox)
  const run = async () => {
    onClose()
    if (isKept) {
      const fork = await act(control.value.POST('/sandboxes', { body: { fork: { sandbox } } }))
      if (fork === null) return
      note(t(`${fork.name} keeps ${sandbox} as it was`, `${fork.name} 保留了 ${sandbox} 的原样`))
    }
    await carryOut()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{words}</p>
      {failure !== null && <p class="faint"><Why of={failure} /></p>}
      <ul class="gone" aria-busy={data === null}>
        <li><b>{data === null ? '…' : t(data.calls === 1 ? '1 call' : `${count(data.calls)} calls`, `${count(data.calls)} 次请求`)}</b> <span class="faint">{t('in the journal', '在日志中')}</span></li>
        {!callsOnly && <li><b>{data === null ? '…' : t(data.sessions === 1 ? '1 session' : `${count(data.sessions)} sessions`, `${count(data.sessions)} 个会话`)}</b> <span class="faint">{t('that are logged in', '处于登录状态')}</span></li>}
        {!callsOnly && <li><b>{data === null ? '…' : t(data.records === 1 ? '1 record' : `${count(data.records)} records`, `${count(data.records)} 条数据`)}</b> <span class="faint">{t('changed since the start', '自开始以来有改动')}</span></li>}
      </ul>
      {!callsOnly && <label class="check"><input type="checkbox" checked={isKept} onChange={(event) => { keep(event.currentTarget.checked) }} /> {t('Fork it first: another sandbox keeps all this but the calls', '先分出一个沙箱，除请求外全部保留')}</label>}
      <div class="buttons">
        <button type="button" autofocus onClick={onClose}>{t('Cancel', '取消')}</button>
        <button type="button" class="danger" onClick={() => void run()}>{verb}</button>
      </div>
    </Dialog>
  )
}
