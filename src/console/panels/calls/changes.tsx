/** Which records a call changed: before and after, field by field. */
import type { Schemas } from '../../api.js'
import { t } from '../../language.js'
import { Link } from '../../parts/link.js'

type Change = Schemas['Change']

interface ChangesProps {
  readonly changes: readonly Change[]
  /** How many more were too long to be kept. */
  readonly leftOut: number
  readonly system: string
}

export function Changes({ changes, leftOut, system }: ChangesProps) {
  if (changes.length + leftOut === 0) return null
  return (
    <section>
      <header class="part-head"><h3>{t('Changed', '改动')}</h3></header>
      {changes.map((change) => <Record key={`${change.collection}/${String(change.key)}`} change={change} system={system} />)}
      {leftOut > 0 && <p class="faint small">{t(leftOut === 1 ? '1 more was too long for the journal.' : `${String(leftOut)} more were too long for the journal.`, `另有 ${String(leftOut)} 处过长，日志未保留。`)}</p>}
    </section>
  )
}

function Record({ change: { collection, key, before, after }, system }: { readonly change: Change; readonly system: string }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  const differ = names.filter((name) => show(before?.[name]) !== show(after?.[name]))
  const kind = before === null ? t('added', '新增') : after === null ? t('deleted', '删除') : t('changed', '修改')
  return (
    <details class="change" open={before !== null && after !== null}>
      <summary><span class={`tag ${before === null ? 'ok' : after === null ? 'broken' : 'failed'}`}>{kind}</span> <Link to={{ panel: 'records', item: `${system}/${collection}`, query: { key: String(key) } }}>{collection} {key}</Link></summary>
      <table class="diff mono">
        <thead class="hidden"><tr><th>{t('Field', '字段')}</th><th>{t('Before', '之前')}</th><th>{t('After', '之后')}</th></tr></thead>
        <tbody>
          {(before === null || after === null ? names : differ).map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class={after === null || (before !== null && differ.includes(name)) ? 'out' : ''}>{before === null ? '' : show(before[name])}</td>
              <td class={after === null ? '' : 'in'}>{after === null ? '' : show(after[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function show(value: unknown): string {
  return value === undefined ? '—' : JSON.stringify(value)
}
