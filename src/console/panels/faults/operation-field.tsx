/** Which calls are meant: all, those of a system, or one operation, found by typing. */
import { useId } from 'preact/hooks'
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
  const find = (text: string) => {
    for (const { id, operations, sockets } of details.value) {
      const names = [...operations.map(({ operationId }) => operationId), ...sockets.flatMap((socket) => socket.operations)]
      const operationId = names.find((name) => name === text.trim())
      if (operationId !== undefined) {
        onChange({ system: id, operationId })
        return
      }
    }
    onChange({ ...where, operationId: '*' })
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
        <input key={where.operationId} list={list} defaultValue={where.operationId === '*' ? '' : where.operationId} placeholder={t('all: type to find one', '全部：输入以查找')} onChange={(event) => { find(event.currentTarget.value) }} autocomplete="off" spellcheck={false} />
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
