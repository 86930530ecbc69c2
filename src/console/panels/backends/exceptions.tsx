/** What a real backend does otherwise for one operation, all of a tag, or a socket. */
import { useId, useState } from 'preact/hooks'
import { half, t } from '../../language.js'
import type { SystemDetail } from '../../live/details.js'
import { type Mode, modeName, MODES } from './modes.js'

/** Name of an operation, a tag or a socket -> its mode. */
export type ExceptionRules = Readonly<Record<string, Mode>>

interface ExceptionsProps {
  readonly system: SystemDetail
  readonly rules: ExceptionRules
  readonly onChange: (rules: ExceptionRules) => void
}

export function Exceptions({ system: { operations, sockets }, rules, onChange }: ExceptionsProps) {
  const list = useId()
  const [name, setName] = useState('')
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const known = [...operations.map(({ operationId }) => operationId), ...tags, ...sockets.map((socket) => socket.name)]
  const isKnown = known.includes(name.trim())
  const add = () => {
    if (!isKnown) return
    onChange({ ...rules, [name.trim()]: 'stub' })
    setName('')
  }
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return
    // Not yet the whole form.
    event.preventDefault()
    add()
  }
  return (
    <fieldset>
      <legend>{t('Except', '例外')}</legend>
      {Object.entries(rules).map(([one, mode]) => (
        <div key={one} class="exception">
          <code class="grow">{one}</code>
          <select value={mode} aria-label={t(`Who answers ${one}`, `由谁应答 ${one}`)} onChange={(event) => { onChange({ ...rules, [one]: MODES.find((each) => each === event.currentTarget.value) ?? mode }) }}>
            {MODES.map((each) => <option key={each} value={each}>{modeName(each)}</option>)}
          </select>
          <button type="button" class="quiet icon" aria-label={t(`No exception for ${one}`, `取消例外 ${one}`)} onClick={() => { onChange(Object.fromEntries(Object.entries(rules).filter(([other]) => other !== one))) }}>✕</button>
        </div>
      ))}
      <div class="inline-form">
        <input class="grow" list={list} value={name} aria-label={t('Operation, tag or socket', '接口、标签或推送通道')} placeholder={t('operation or tag: type to find one', '接口或标签：输入以查找')} onInput={(event) => { setName(event.currentTarget.value) }} onKeyDown={key} autocomplete="off" spellcheck={false} />
        <button type="button" disabled={!isKnown} onClick={add}>{t('Add', '添加')}</button>
        <datalist id={list}>
          {tags.map((tag) => <option key={`tag ${tag}`} value={tag}>{t('tag', '标签')}</option>)}
          {sockets.map((socket) => <option key={`socket ${socket.name}`} value={socket.name}>{t('socket', '推送通道')}</option>)}
          {operations.map((one) => <option key={one.operationId} value={one.operationId}>{half(one.summary)}</option>)}
        </datalist>
      </div>
    </fieldset>
  )
}
