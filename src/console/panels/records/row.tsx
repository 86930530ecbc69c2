/** One record in the table. */
import { t } from '../../language.js'
import { Link } from '../../parts/link.js'
import { Why } from '../../parts/why.js'
import { type Doc, type Field, readableTime, write } from './fields.js'

/** Longer values are cut in the table; the form has them whole. */
const MOST_TEXT = 60

interface RecordRowProps {
  readonly id: string
  readonly system: string
  readonly fields: readonly Field[]
  readonly record: Doc
  readonly changed?: Doc | undefined
  readonly look: string
  /** Why it could not be saved; undefined where nothing was refused. */
  readonly complaint: unknown
  readonly onOpen: () => void
  readonly onRemove: () => void
}

export function RecordRow({ id, system, fields, record, changed, look, complaint, onOpen, onRemove }: RecordRowProps) {
  return (
    <>
      <tr class={look}>
        {fields.map((field) => <td key={field.name} class={changed !== undefined && Object.hasOwn(changed, field.name) ? 'changed' : ''} onDblClick={onOpen}><Value field={field} value={record[field.name]} system={system} /></td>)}
        <td class="acts">
          {look === '' && <button type="button" class="small quiet" aria-label={t(`Edit ${id}`, `编辑 ${id}`)} onClick={onOpen}>{t('Edit', '编辑')}</button>}
          <button type="button" class="small quiet remove" aria-label={look === 'deleted' ? t(`Keep ${id}`, `保留 ${id}`) : t(`Delete ${id}`, `删除 ${id}`)} onClick={onRemove}>{look === 'deleted' ? t('Keep', '保留') : t('Delete', '删除')}</button>
        </td>
      </tr>
      {complaint !== undefined && <tr class="complaint"><td colSpan={fields.length + 1}><Why of={complaint} /></td></tr>}
    </>
  )
}

function Value({ field, value, system }: { readonly field: Field; readonly value: unknown; readonly system: string }) {
  if (value === null || value === undefined) return <span class="faint">{value === null ? 'null' : '—'}</span>
  const time = readableTime(field.name, value)
  if (time !== null) return <span title={write(value)}>{time}</span>
  const text = write(value)
  const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text
  if (field.reference !== '') return <Link to={{ item: `${system}/${field.reference}`, query: { key: text } }}>{shown}</Link>
  return typeof value === 'string' ? <>{shown}</> : <span class="mono">{shown}</span>
}
