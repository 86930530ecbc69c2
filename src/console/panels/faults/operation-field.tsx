/** Which calls are meant: all, those of a system, or one operation, found by typing. */
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { half, t } from '../../language.js'
import { details } from '../../live/details.js'

interface Where {
  readonly system: string
  readonly operationId: string
}

interface OperationFieldProps {
  readonly where: Where
  readonly onChange: (where: Where) => void
}

export function OperationField({ where, onChange }: OperationFieldProps) {
  const list = useId()
  const field = useRef<HTMLInputElement>(null)
  // Not a value of its own: what is typed stands until it is taken.
  useLayoutEffect(() => {
    if (field.current === null) return
    field.current.value = where.operationId === '*' ? '' : where.operationId
    field.current.setCustomValidity('')
  }, [where.system, where.operationId])
  const find = (text: string): Where | undefined => {
    if (text === '') return { ...where, operationId: '*' }
    const system = details.value.find(({ operations, sockets }) => operations.some(({ operationId }) => operationId === text) || sockets.some((socket) => socket.operations.includes(text)))
    return system === undefined ? undefined : { system: system.id, operationId: text }
  }
  // What is no operation is not taken for all of them.
  const check = (input: HTMLInputElement) => {
    const found = find(input.value.trim())
    input.setCustomValidity(found === undefined ? t('No operation is called so.', '没有这个名称的接口。') : '')
    return found
  }
  const offered = details.value.filter(({ id }) => where.system === '*' || where.system === id)
  return (
    <div class="pair">
      <label class="field"><span>{t('System', '系统')}</span>
        <select value={where.system} onChange={(event) => { onChange({ system: event.currentTarget.value, operationId: '*' }) }}>
          <option value="*">{t('all', '全部')}</option>
          {details.value.map(({ id }) => <option key={id} value={id}>{id}</option>)}
        </select>
      </label>
      <label class="field"><span>{t('Operation', '接口')}</span>
        <input ref={field} list={list} placeholder={t('all: type to find one', '全部：输入以查找')} onInput={(event) => { check(event.currentTarget) }} onChange={(event) => { onChange(check(event.currentTarget) ?? where) }} autocomplete="off" spellcheck={false} />
        <datalist id={list}>
          {offered.flatMap(({ operations, sockets }) => [
            ...operations.map((one) => <option key={one.operationId} value={one.operationId}>{half(one.summary)}</option>),
            ...sockets.flatMap((socket) => socket.operations.map((name) => <option key={name} value={name} />)),
          ])}
        </datalist>
      </label>
    </div>
  )
}
