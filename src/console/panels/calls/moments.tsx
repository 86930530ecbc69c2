/** Going back to the moment of a call: this sandbox by a rewind, which says what goes, or another one that begins as this one was. */
import { useId, useState } from 'preact/hooks'
import { act, ask, control, here, type Schemas } from '../../api.js'
import { count } from '../../format.js'
import { t } from '../../language.js'
import { useResource } from '../../live/resource.js'
import { Dialog } from '../../parts/dialog.js'
import { Why } from '../../parts/why.js'
import { go } from '../../place.js'
import { SANDBOX_NAME } from '../../sandbox-switch.js'
import type { Entry } from './entry.js'

/** As far back as a history may be asked for at once. */
const WHOLE = 10_000
/** More calls than these are counted, not named. */
const MOST_NAMED = 6

export function Moments({ entry: { id } }: { readonly entry: Entry }) {
  const [open, setOpen] = useState<'rewind' | 'fork' | null>(null)
  const close = () => { setOpen(null) }
  return (
    <>
      <button type="button" class="small" onClick={() => { setOpen('rewind') }}>{t('Rewind to before it…', '退回到此前…')}</button>
      <button type="button" class="small" onClick={() => { setOpen('fork') }}>{t('Fork here…', '由此分出…')}</button>
      {open !== null && <Moment id={id} wanted={open} onClose={close} onFork={() => { setOpen('fork') }} />}
    </>
  )
}

interface MomentProps {
  readonly id: number
  readonly wanted: 'rewind' | 'fork'
  readonly onClose: () => void
  readonly onFork: () => void
}

function Moment({ id, wanted, onClose, onFork }: MomentProps) {
  const { data, failure } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/history', { params: { path: here.value, query: { limit: WHOLE } } })), String(id))
  const title = wanted === 'rewind' ? t(`Rewind to before call ${String(id)}`, `退回到请求 ${String(id)} 之前`) : t(`Fork at call ${String(id)}`, `由请求 ${String(id)} 分出`)
  const before = data === null ? null : momentBefore(data, id)
  return (
    <Dialog title={title} onClose={onClose}>
      {data === null && <p class="faint">{failure === null ? t('Looking…', '读取中…') : <Why of={failure} />}</p>}
      {data !== null && wanted === 'fork' && <Fork id={id} before={before} canStay={data.history.some(({ call }) => call?.id === id)} />}
      {data !== null && wanted === 'rewind' && (before === null ? <TooFar reach={data.reach} /> : <Rewind to={before} gone={data.history.slice(data.history.findIndex(({ call }) => call?.id === before) + 1)} onClose={onClose} onFork={onFork} />)}
    </Dialog>
  )
}

type History = { readonly history: readonly Schemas['Happening'][]; readonly reach: { readonly first: number | null; readonly last: number | null; readonly isWhole: boolean } }

/** @returns the call before this one, 0 for the beginning; null when one cannot go back to it */
function momentBefore({ history, reach }: History, id: number): number | null {
  const calls = history.flatMap(({ call }) => (call === null ? [] : [call.id]))
  if (!calls.includes(id)) return null
  const earlier = calls[calls.indexOf(id) - 1]
  return earlier ?? (reach.isWhole ? 0 : null)
}

function TooFar({ reach: { first, last } }: Pick<History, 'reach'>) {
  return <p>{first === null ? t('The history is empty: there is nothing to go back to.', '历史为空，无处可退。') : t(`The history does not reach so far: one can go back to calls ${String(first)} to ${String(last)}. A larger --journal keeps more.`, `历史没有这么远：可退回到请求 ${String(first)} 至 ${String(last)}。加大 --journal 可保留更多。`)}</p>
}

function Rewind({ to, gone, onClose, onFork }: { readonly to: number; readonly gone: readonly Schemas['Happening'][]; readonly onClose: () => void; readonly onFork: () => void }) {
  const calls = gone.flatMap(({ call }) => (call === null ? [] : [call.operationId ?? `${call.method} ${call.url}`]))
  const deeds = gone.length - calls.length
  const records = new Map<string, number>()
  for (const record of new Set(gone.flatMap(({ changed }) => changed))) {
    const collection = record.split('/').slice(0, 2).join('/')
    records.set(collection, (records.get(collection) ?? 0) + 1)
  }
  const rewind = async () => {
    const done = await act(control.value.POST('/sandboxes/{sandbox}/rewind', { params: { path: here.value }, body: { to } }), to === 0 ? t('Everything is as at the beginning', '一切如初') : t(`Everything is as it was after call ${String(to)}`, `一切如请求 ${String(to)} 之后`))
    onClose()
    if (done !== null) go({ item: '' })
  }
  return (
    <>
      <p>{t('What came since will never have happened, and leaves the journal:', '此后的一切都将没有发生过，也不再在日志里：')}</p>
      <ul class="gone">
        <li><b>{t(calls.length === 1 ? '1 call' : `${count(calls.length)} calls`, `${count(calls.length)} 次请求`)}</b> <span class="faint">{calls.slice(0, MOST_NAMED).join(', ')}{calls.length > MOST_NAMED && ' …'}</span></li>
        {deeds > 0 && <li><b>{t(deeds === 1 ? '1 change by console, test or terminal' : `${count(deeds)} changes by console, test or terminal`, `${count(deeds)} 处由控制台、测试或终端所做的改动`)}</b></li>}
        {records.size > 0 && <li><b>{t('Changes to records', '数据改动')}</b> <span class="faint mono">{[...records].map(([name, number]) => `${name} ${count(number)}`).join(' · ')}</span></li>}
      </ul>
      <p class="faint">{t('Tokens issued since are no longer good. This cannot be undone; a fork keeps things as they are.', '此后发出的令牌随之失效。此操作不可撤销；分出一个沙箱可以保留现状。')}</p>
      <div class="buttons">
        <button type="button" class="danger" onClick={() => void rewind()}>{t('Rewind', '退回')}</button>
        <button type="button" onClick={onFork}>{t('Fork instead', '改为分出')}</button>
      </div>
    </>
  )
}

function Fork({ id, before, canStay }: { readonly id: number; readonly before: number | null; readonly canStay: boolean }) {
  const [name, setName] = useState('')
  const [isBefore, setBefore] = useState(false)
  const group = useId()
  const from = here.value.sandbox
  const at = isBefore ? before : id
  const fork = async (event: SubmitEvent) => {
    event.preventDefault()
    if (at === null) return
    const made = await act(control.value.POST('/sandboxes', { body: { ...(name === '' ? {} : { name }), fork: { sandbox: from, at } } }), t(`A sandbox as ${from} was ${isBefore ? 'before' : 'after'} call ${String(id)}`, `新沙箱如 ${from} 在请求 ${String(id)} ${isBefore ? '之前' : '之后'}的样子`))
    if (made !== null) go({ sandbox: made.name, panel: 'overview' })
  }
  if (!canStay) return <p>{t('The history does not reach so far.', '历史没有这么远。')}</p>
  return (
    <form class="moment" onSubmit={(event) => void fork(event)}>
      <p>{t('A new sandbox that begins as this one was; this one stays as it is.', '新沙箱以此沙箱当时的样子开始；此沙箱不变。')}</p>
      <div class="checks">
        <label class="check"><input type="radio" name={group} checked={!isBefore} onChange={() => { setBefore(false) }} /> {t('after the call', '请求之后')}</label>
        <label class="check"><input type="radio" name={group} checked={isBefore} disabled={before === null} onChange={() => { setBefore(true) }} /> {t('before it, to try it again', '请求之前，以便重试')}</label>
      </div>
      <label class="field"><span>{t('Name', '名称')}</span><input value={name} pattern={SANDBOX_NAME} placeholder={t('left empty, one is chosen', '留空则自动命名')} autocomplete="off" onInput={(event) => { setName(event.currentTarget.value) }} /></label>
      <div class="buttons"><button class="main">{t('Fork', '分出')}</button></div>
    </form>
  )
}
