/** What a kind of fault has to be told: a field for each question, drawn by its type. */
import type { FaultField, FaultForm } from '../../../core/faults/form.js'
import type { BodyOf } from '../../api.js'
import { pick, t } from '../../language.js'
import { conditions, details, errorOf, type SystemDetail, systemOf } from '../../live/details.js'

type NewFault = BodyOf<'addFault'>['fault']

/** What was typed or ticked, by the label of its field: a question that two kinds ask alike is answered once. */
export type Given = Readonly<Record<string, string | boolean>>

interface Where {
  readonly system: string
  readonly operationId: string
}

interface FaultFieldsProps {
  readonly form: FaultForm
  readonly where: Where
  readonly given: Given
  readonly onChange: (given: Given) => void
}

export function FaultFields({ form, where, given, onChange }: FaultFieldsProps) {
  return <>{askedOf(form, where).map((field) => <Field key={field.name} field={field} where={where} given={given} onChange={(value) => { onChange({ ...given, [field.label.en]: value }) }} />)}</>
}

/** @returns the fault as it was described */
export function faultOf(form: FaultForm, where: Where, given: Given): NewFault {
  const values = askedOf(form, where).map((field) => [field.name, valueOf(field, where, given)] as const)
  return { kind: form.kind, ...Object.fromEntries(values.filter(([, value]) => value !== '')) } as NewFault // the stub says what does not fit
}

/** Errors are those of a system; of all of them a condition is asked for. */
function askedOf({ fields }: FaultForm, where: Where): readonly FaultField[] {
  const system = systemOf(where.system)
  return fields.filter(({ choices }) => choices === undefined || choices === (system === undefined ? 'conditions' : 'errors'))
}

function valueOf(field: FaultField, where: Where, given: Given): string | number | boolean {
  if (field.choices !== undefined) return chosenOf(field, where, given)
  const { [field.label.en]: value = field.first ?? (field.type === 'boolean' ? false : '') } = given
  return (field.type === 'integer' || field.type === 'number') && value !== '' ? Number(value) : value
}

function Field({ field, where, given, onChange }: Omit<FaultFieldsProps, 'form' | 'onChange'> & { readonly field: FaultField; readonly onChange: (value: string | boolean) => void }) {
  const { type, label, required, minimum, maximum } = field
  const value = valueOf(field, where, given)
  if (field.choices !== undefined) return <Choice label={pick(label)} value={String(value)} where={where} onChange={onChange} />
  if (type === 'boolean') return <label class="check"><input type="checkbox" checked={value === true} onChange={(event) => { onChange(event.currentTarget.checked) }} /> {pick(label)}</label>
  if (type === 'string') return <label class="field"><span>{pick(label)}</span><input value={String(value)} required={required} autocomplete="off" spellcheck={false} onInput={(event) => { onChange(event.currentTarget.value) }} /></label>
  return <label class="field"><span>{pick(label)}</span><input type="number" min={minimum} max={maximum} step={type === 'number' ? 'any' : undefined} required={required} value={String(value)} onInput={(event) => { onChange(event.currentTarget.value) }} /></label>
}

/** One of the errors of a system, or of the conditions of all, with what it means. */
function Choice({ label, value, where, onChange }: { readonly label: string; readonly value: string; readonly where: Where; readonly onChange: (value: string) => void }) {
  const system = systemOf(where.system)
  const row = system === undefined ? undefined : errorOf(system.id, value)
  return (
    <>
      <label class="field"><span>{label}</span>
        <select value={value} onChange={(event) => { onChange(event.currentTarget.value) }}>{choicesOf(system, where.operationId).map((name) => <option key={name} value={name}>{name} · {meaningOf(system, name)}</option>)}</select>
      </label>
      <p class="faint small">{row === undefined ? `${meaningOf(undefined, value)}${t('. Each system answers with its own error for it.', '。各系统以自己的错误作答。')}` : `${pick(row.meaning)} (${t('code', '错误码')} ${String(row.code)})`}</p>
    </>
  )
}

function chosenOf({ label }: FaultField, where: Where, given: Given): string {
  const known = choicesOf(systemOf(where.system), where.operationId)
  return known.find((name) => name === given[label.en]) ?? known[0] ?? ''
}

function choicesOf(system: SystemDetail | undefined, operation: string): readonly string[] {
  if (system === undefined) return [...new Set(details.value.flatMap((one) => one.errors.map((row) => row.condition).filter((name) => name !== 'ok')))]
  return system.operations.find(({ operationId }) => operationId === operation)?.errors ?? system.errors.filter(({ condition }) => condition !== 'ok').map((row) => row.error)
}

/** @returns what an error of a system means, or a condition of any */
function meaningOf(system: SystemDetail | undefined, name: string): string {
  const row = system === undefined ? conditions.value.get(name) : errorOf(system.id, name)
  return row === undefined ? '' : pick(row.meaning)
}
