/** One collection: search, page through, edit, add, delete. Nothing is changed before Save. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { beat, control, here } from '../../api.js'
import { take } from '../../../client/control.js'
import { count } from '../../format.js'
import { takeKeys } from '../../keys.js'
import { t } from '../../language.js'
import { era } from '../../live/connection.js'
import { useResource } from '../../live/resource.js'
import { complain, note } from '../../notices.js'
import { Pages } from '../../parts/pages.js'
import { Why } from '../../parts/why.js'
import { filter, place } from '../../place.js'
import { type CollectionDetail, type Doc, fieldsOf, write } from './fields.js'
import { RecordForm } from './form.js'
import { RecordRow } from './row.js'
import { type Complaints, draftOf, keepDraft, NOTHING, save, sizeOf, type Staged } from './staged.js'

const PAGE = 50

interface RecordTableProps {
  readonly system: string
  readonly collection: CollectionDetail
}

export function RecordTable({ system, collection }: RecordTableProps) {
  const { q = '', key: only = '', page: number = '1' } = place.value.query
  const page = Math.max(1, Number(number) || 1)
  const staged = draftOf(system, collection.name)
  const stage = (next: Staged) => { keepDraft(system, collection.name, next) }
  const [complaints, setComplaints] = useState<Complaints>(new Map())
  /** What the form is about: a record as it was read, whatever becomes of the list behind the form; a new one has none. */
  const [open, setOpen] = useState<{ readonly key: string; readonly record: Doc | null } | null>(null)
  const path = { ...here.value, system, collection: collection.name }
  const query: Record<string, string> = { _page: String(page), _limit: String(PAGE), ...(q === '' ? {} : { q }), ...(only === '' ? {} : { [collection.key]: only }) }
  // No record has changed where the version is the same, so nothing is read again until it is another.
  const { data, failure, reload } = useResource(async () => {
    const call = control.value.GET('/sandboxes/{sandbox}/db/{system}/{collection}', { params: { path, query: { query } }, querySerializer: () => new URLSearchParams(query).toString() })
    return { records: await take(call), total: Number((await call).response.headers.get('x-total-count') ?? 0) }
  }, JSON.stringify([path, query, era.value, collection.version]), { once: true, keep: true })
  const records = data?.records ?? []
  const fields = fieldsOf(collection, records)
  const total = data?.total ?? 0
  const edits = sizeOf(staged)
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => takeKeys({ search: () => search.current?.focus() }), [])

  const change = (key: string, record: Doc, values: Doc) => {
    const different = Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(record[name])))
    const changed = new Map(staged.changed)
    if (Object.keys(different).length === 0) changed.delete(key)
    else changed.set(key, different)
    stage({ ...staged, changed })
  }
  const remove = (key: string) => {
    const deleted = new Set(staged.deleted)
    if (!deleted.delete(key)) deleted.add(key)
    stage({ ...staged, deleted })
  }
  const commit = async () => {
    const saved = await save(system, collection.name)
    if (saved === null) return
    const { done, complaints: refused } = saved
    setComplaints(refused)
    if (done > 0) note(t(`${count(done)} saved`, `已保存 ${count(done)} 条`))
    const [first] = refused.values()
    if (first !== undefined) complain(first)
    reload()
    beat.value++
  }

  return (
    <section class="collection" aria-label={collection.name}>
      <div class="tools">
        <input ref={search} type="search" class="grow" value={q} onInput={(event) => { filter('page', ''); filter('q', event.currentTarget.value) }} aria-label={t('Search in all fields', '搜索所有字段')} aria-keyshortcuts="/" placeholder={t('Search in all fields   /', '搜索所有字段   /')} autocomplete="off" spellcheck={false} />
        {only !== '' && <button type="button" class="chip" onClick={() => { filter('key', '') }} aria-label={t(`Remove the filter ${collection.key} ${only}`, `移除筛选 ${collection.key} ${only}`)}><span class="faint">{collection.key}</span> {only} <span aria-hidden="true">✕</span></button>}
        <button type="button" onClick={() => { setOpen({ key: '', record: null }) }}>{t('Add', '新增')}</button>
        <button type="button" class="main" disabled={edits === 0} onClick={() => void commit()}>{edits === 0 ? t('Save', '保存') : t(`Save ${count(edits)}`, `保存 ${count(edits)} 处`)}</button>
        <button type="button" disabled={edits === 0} onClick={() => { stage(NOTHING); setComplaints(new Map()) }}>{t('Discard', '放弃')}</button>
      </div>
      {failure !== null && <p class="empty"><Why of={failure} /></p>}
      <div class="scroll" tabIndex={0} role="region" aria-label={t(`Records of ${collection.name}`, `${collection.name} 的记录`)}>
        <table class="grid">
          <thead><tr>{fields.map(({ name }) => <th key={name} scope="col">{name}</th>)}<th scope="col"><span class="hidden">{t('Actions', '操作')}</span></th></tr></thead>
          <tbody>
            {staged.added.map((record, i) => <RecordRow key={`+${String(i)}`} id={`+${String(i)}`} system={system} fields={fields} record={record} look="added" complaint={complaints.get(record)} onOpen={() => undefined} onRemove={() => { stage({ ...staged, added: staged.added.filter((other) => other !== record) }) }} />)}
            {records.map((record) => {
              const key = write(record[collection.key])
              const changes = staged.changed.get(key)
              return <RecordRow key={key} id={key} system={system} fields={fields} record={{ ...record, ...changes }} changed={changes} look={staged.deleted.has(key) ? 'deleted' : ''} complaint={complaints.get(key)} onOpen={() => { setOpen({ key, record }) }} onRemove={() => { remove(key) }} />
            })}
          </tbody>
        </table>
        {data !== null && records.length === 0 && staged.added.length === 0 && <p class="empty">{only !== '' ? t(`There is no ${collection.name} ${only} (any more).`, `没有 ${collection.name} ${only}（或已不在）。`) : q === '' ? t('No records.', '没有记录。') : t('No record has this text.', '没有含此文字的记录。')}</p>}
      </div>
      <Pages page={page} size={PAGE} total={total} said={said(total, q === '' || only !== '' ? total : collection.count)} />
      {open !== null && <RecordForm fields={fields} collection={collection} record={open.record === null ? null : { ...open.record, ...staged.changed.get(open.key) }} onClose={() => { setOpen(null) }} onRemove={open.record === null ? null : () => { remove(open.key); setOpen(null) }} onDone={(values) => {
        if (open.record === null) stage({ ...staged, added: [...staged.added, values] })
        else change(open.key, open.record, values)
        setOpen(null)
      }} />}
    </section>
  )
}

/** @returns how many records there are, and of how many where not all are wanted */
function said(found: number, all: number): string {
  if (found < all) return t(`${count(found)} of ${count(all)} records`, `${count(all)} 条记录中的 ${count(found)} 条`)
  return t(found === 1 ? '1 record' : `${count(found)} records`, `${count(found)} 条记录`)
}
