/** One system: its real backend, who answers, and what is otherwise for single operations. Nothing holds before it is applied. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { act, control, here, type Schemas } from '../../api.js'
import { t } from '../../language.js'
import type { SystemDetail } from '../../live/details.js'
import { Exceptions, type ExceptionRules } from './exceptions.js'
import { type Mode, modeMeaning, modeName, MODES } from './modes.js'

interface BackendCardProps {
  readonly system: SystemDetail
  /** Null while it is not known. */
  readonly backend: Schemas['Backend'] | null
}

interface Wish {
  readonly url: string
  readonly mode: Mode
  readonly operations: ExceptionRules
  readonly sameData: boolean
}

export function BackendCard({ system, backend }: BackendCardProps) {
  const { id } = system
  const given: Wish = { url: backend?.url ?? '', mode: backend === null || backend.url === null ? 'real' as const : backend.mode, operations: backend?.operations ?? {}, sameData: backend?.sameData === true }
  /** What is not applied yet. It stays, whatever becomes of the rest elsewhere. */
  const [edits, setEdits] = useState<Partial<Wish>>({})
  const isApplied = useRef(false)
  const wish = { ...given, ...edits }
  const { url, mode, operations, sameData } = wish
  const edit = (change: Partial<Wish>) => {
    isApplied.current = false
    setEdits({ ...edits, ...change })
  }
  const discard = () => { setEdits({}) }
  const known = JSON.stringify(given)
  useEffect(() => {
    if (isApplied.current) discard()
    isApplied.current = false
  }, [known])
  const compares = mode === 'compare' || Object.values(operations).includes('compare')
  const isThere = given.url !== ''
  const isChanged = JSON.stringify(wish) !== known
  const path = { ...here.value, system: id }
  const apply = async (event: SubmitEvent) => {
    event.preventDefault()
    edit({ url: url.trim() })
    const timeout = backend === null ? {} : { timeout: backend.timeout }
    isApplied.current = await act(control.value.PUT('/sandboxes/{sandbox}/backends/{system}', { params: { path }, body: { url: url.trim(), mode, operations, sameData, ...timeout } }), t(`${id} has a real backend`, `${id} 已接上真实后端`)) !== null
  }
  const remove = async () => {
    isApplied.current = await act(control.value.DELETE('/sandboxes/{sandbox}/backends/{system}', { params: { path } }), t(`The stub answers everything of ${id}`, `${id} 全部由替身应答`)) !== null
  }
  const field = t('Base URL of the real backend', '真实后端的地址')
  return (
    <li class={`card ${isThere ? 'joined' : ''}`}>
      <header class="part-head">
        <h2 class="grow mono">{id}</h2>
        <span class={`tag ${isThere ? 'real' : 'plain'}`}>{isThere ? modeName(given.mode) : t('stub', '替身')}</span>
      </header>
      <form class="backend-form" aria-label={t(`Real backend of ${id}`, `${id} 的真实后端`)} onSubmit={(event) => void apply(event)}>
        <div>
          <label class="field"><span>{field}</span><input type="url" required maxLength={2000} value={url} placeholder={`https://staging.example/${id}`} onInput={(event) => { edit({ url: event.currentTarget.value }) }} autocomplete="off" spellcheck={false} /></label>
          {url !== '' && (
            <>
              <label class="field"><span>{t('Who answers', '由谁应答')}</span>
                <select value={mode} onChange={(event) => { edit({ mode: MODES.find((one) => one === event.currentTarget.value) ?? 'real' }) }}>
                  {MODES.map((one) => <option key={one} value={one}>{modeName(one)}</option>)}
                </select>
              </label>
              <p class="faint small">{modeMeaning(mode)}</p>
            </>
          )}
        </div>
        {url !== '' && <Exceptions system={system} rules={operations} onChange={(rules) => { edit({ operations: rules }) }} />}
        {url !== '' && (compares || sameData) && (
          <div class="same-data">
            <label class="check"><input type="checkbox" checked={sameData} onChange={(event) => { edit({ sameData: event.currentTarget.checked }) }} /> {t('It keeps the same records as the stub', '装有与替身相同的记录')}</label>
            <p class="faint small">{t('What is compared then goes on to values and the lengths of lists; otherwise outcomes and shapes alone count.', '对照时也比较值与列表长度；否则只比较结果与结构。')}</p>
          </div>
        )}
        <div class="buttons">
          <button class={isChanged ? 'main' : ''} disabled={!isChanged || url === ''}>{isThere ? t('Apply', '应用') : t('Use it', '接上')}</button>
          {isChanged && <button type="button" onClick={discard}>{t('Discard', '放弃')}</button>}
          {isThere && <button type="button" class="danger" onClick={() => void remove()}>{t('Take it away', '去掉')}</button>}
        </div>
      </form>
      {isThere && backend?.chosen === false && <p class="faint small">{t('As the server was started; a change holds for this sandbox alone.', '为启动时的设定；改动只对本沙箱有效。')}</p>}
    </li>
  )
}
