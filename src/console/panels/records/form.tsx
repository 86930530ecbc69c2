/** The form of one record: menus where there are choices, a text where it may be long. What it says is only staged. */
import { useState } from 'preact/hooks'
import { t } from '../../language.js'
import { Dialog } from '../../parts/dialog.js'
import { type CollectionDetail, type Doc, type Field, read, readableTime, write } from './fields.js'

interface RecordFormProps {
  readonly fields: readonly Field[]
  readonly collection: CollectionDetail
  /** Null for a new one. */
  readonly record: Doc | null
  readonly onClose: () => void
  readonly onDone: (values: Doc) => void
  /** Stages that the record is deleted; null for a new one. */
  readonly onRemove: (() => void) | null
}

export function RecordForm({ fields, collection, record, onClose, onDone, onRemove }: RecordFormProps) {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() => Object.fromEntries(fields.map((field) => [field.name, record === null ? firstText(field) : write(record[field.name])])))
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const values = fields.flatMap((field): [string, unknown][] => {
      const text = texts[field.name] ?? ''
      // A number as key is counted on by the stub.
      if (field.name === collection.key && (record !== null || text === '')) return []
      return [[field.name, read(text, field)]]
    })
    onDone(Object.fromEntries(values))
  }
  return (
    <Dialog title={record === null ? t(`New record of ${collection.name}`, `新增 ${collection.name}`) : `${collection.name} ${write(record[collection.key])}`} onClose={onClose} wide>
      <form class="record-form" onSubmit={submit}>
        {fields.map((field) => {
          const text = texts[field.name] ?? ''
          const isKey = field.name === collection.key
          const set = (value: string) => { setTexts({ ...texts, [field.name]: value }) }
          const time = readableTime(field.name, Number(text))
          return (
            <label key={field.name} class="field">
              <span><code>{field.name}</code> {field.types.join(' | ')}{field.reference !== '' && ` → ${field.reference}`}{time !== null && ` = ${time}`}</span>
              <Input field={field} text={text} isFixed={isKey && record !== null} onChange={set} />
            </label>
          )
        })}
        <p class="buttons"><button class="main">{t('Stage', '暂存')}</button><button type="button" onClick={onClose}>{t('Cancel', '取消')}</button>{onRemove !== null && <button type="button" class="danger" onClick={onRemove}>{t('Delete', '删除')}</button>}<span class="faint small">{t('Nothing is changed before Save.', '点击“保存”之前不会改动。')}</span></p>
      </form>
    </Dialog>
  )
}

const LONG = 60

function Input({ field, text, isFixed, onChange }: { readonly field: Field; readonly text: string; readonly isFixed: boolean; readonly onChange: (text: string) => void }) {
  const choices = field.types.includes('boolean') && field.choices.length === 0 ? [true, false, ...(field.types.includes('null') ? [null] : [])] : field.choices
  if (choices.length > 0) return <select value={text} disabled={isFixed} onChange={(event) => { onChange(event.currentTarget.value) }}>{choices.map((one) => <option key={write(one)} value={write(one)}>{write(one)}</option>)}</select>
  if (text.length > LONG || field.types.includes('object') || field.types.includes('array')) return <textarea rows={3} value={text} readOnly={isFixed} spellcheck={false} onInput={(event) => { onChange(event.currentTarget.value) }} />
  return <input value={text} readOnly={isFixed} spellcheck={false} onInput={(event) => { onChange(event.currentTarget.value) }} />
}

/** What a field of a new record begins with. */
function firstText({ types, choices }: Field): string {
  if (choices.length > 0) return write(choices[0])
  if (types.includes('null')) return 'null'
  return { boolean: 'false', array: '[]', object: '{}', integer: '', number: '' }[types[0] ?? ''] ?? ''
}
