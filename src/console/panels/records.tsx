/** The records of the sandbox: collections as tables, edited in stages and saved when asked. */
import { ask, control, here } from '../api.js'
import { count } from '../format.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { Link } from '../parts/link.js'
import { go, item } from '../place.js'
import { draftOf, sizeOf } from './records/staged.js'
import { RecordTable } from './records/table.js'

export function RecordsPanel() {
  const path = here.value
  const [wanted = '', collection = ''] = item.value.split('/')
  const system = details.value.find(({ id }) => id === wanted) ?? details.value[0]
  const { data } = useResource(() => (system === undefined ? Promise.resolve(null) : ask(control.value.GET('/sandboxes/{sandbox}/db/{system}', { params: { path: { ...path, system: system.id } } }))), `${path.sandbox} ${system?.id ?? ''}`)
  const collections = data?.collections ?? []
  const open = collections.find(({ name }) => name === collection) ?? collections[0]
  return (
    <div class="records">
      <h1 class="hidden">{t('Records', '数据')}</h1>
      <aside aria-label={t('Collections', '集合')}>
        <label class="field"><span>{t('System', '系统')}</span>
          <select value={system?.id ?? ''} onChange={(event) => { go({ item: event.currentTarget.value, query: {} }) }}>{details.value.map(({ id }) => <option key={id} value={id}>{id}</option>)}</select>
        </label>
        <nav class="collections" aria-label={t('Collections', '集合')}>
          {collections.map(({ name, count: size }) => (
            <Link key={name} to={{ item: `${system?.id ?? ''}/${name}`, query: {} }} current={name === open?.name}>
              <span class="grow">{name}</span><Staged count={system === undefined ? 0 : sizeOf(draftOf(system.id, name))} /><span class="count">{count(size)}</span>
            </Link>
          ))}
        </nav>
      </aside>
      {system !== undefined && open !== undefined && <RecordTable key={`${path.sandbox}/${system.id}/${open.name}`} system={system.id} collection={open} />}
    </div>
  )
}

/** How many edits of a collection are not saved yet. */
function Staged({ count: edits }: { readonly count: number }) {
  return edits === 0 ? null : <span class="tag failed" title={t('staged, not saved', '已暂存，未保存')}>{edits}<span class="hidden"> {t('staged', '已暂存')}</span></span>
}
