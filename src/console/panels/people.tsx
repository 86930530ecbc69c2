/** Users and sessions of all systems, who is logged in where, and what may befall them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, control, here } from '../api.js'
import { count } from '../format.js'
import { takeKeys } from '../keys.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { Pages } from '../parts/pages.js'
import { Why } from '../parts/why.js'
import { filter, place } from '../place.js'
import { keyOf, type User } from './people/names.js'
import { PersonDialog } from './people/person.js'
import { PersonRow } from './people/row.js'

/** Users on a page; the stub finds them, so that no more travel however many there are. */
const PAGE = 50

export function PeoplePanel() {
  const path = here.value
  const { system = '', who = '', q = '', page: number = '1' } = place.value.query
  const page = Math.max(1, Number(number) || 1)
  const query = { loggedIn: who === 'in' ? 'only' as const : 'first' as const, limit: PAGE, offset: (page - 1) * PAGE, ...(system === '' ? {} : { system }), ...(q.trim() === '' ? {} : { q }) }
  const { data, failure } = useResource(() => ask(control.value.GET('/sandboxes/{sandbox}/users', { params: { path, query } })), JSON.stringify([path, query]), { keep: true })
  const [chosen, choose] = useState<User | null>(null)
  const search = useRef<HTMLInputElement>(null)
  const table = useRef<HTMLDivElement>(null)
  useEffect(() => takeKeys({ search: () => search.current?.focus(), move: (by) => { moveFocus(table.current, by) } }), [])
  const narrow = (name: string, value: string) => {
    filter('page', '')
    filter(name, value)
  }

  // Whoever is looked at stays, though what befell him may have taken him off this page.
  const person = chosen === null ? undefined : (data?.users.find((user) => keyOf(user) === keyOf(chosen)) ?? chosen)
  return (
    <div class="sheet">
      <div class="head"><h1>{t('People', '用户')}</h1></div>
      <div class="tools flat">
        <input ref={search} type="search" class="grow" value={q} maxLength={200} onInput={(event) => { narrow('q', event.currentTarget.value) }} aria-label={t('Search users', '搜索用户')} aria-keyshortcuts="/" placeholder={t('Phone, name, id, role   /', '手机号、名字、标识、角色   /')} autocomplete="off" spellcheck={false} />
        <select aria-label={t('System', '系统')} value={system} onChange={(event) => { narrow('system', event.currentTarget.value) }}>
          <option value="">{t('All systems', '所有系统')}</option>
          {details.value.map(({ id }) => <option key={id} value={id}>{id}</option>)}
        </select>
        <button type="button" aria-pressed={who === 'in'} onClick={() => { narrow('who', who === 'in' ? '' : 'in') }}>{t('Logged in', '已登录')}</button>
      </div>
      {failure !== null && <p class="gone"><Why of={failure} /></p>}
      <div ref={table} class="table people" role="table" aria-label={t('People', '用户')} aria-busy={data === null}>
        <div role="row" class="tr th">
          <span role="columnheader">{t('User', '用户')}</span>
          <span role="columnheader">{t('System', '系统')}</span>
          <span role="columnheader">{t('Logged in on', '登录设备')}</span>
          <span role="columnheader">{t('Access token', '访问令牌')}</span>
          <span role="columnheader"><span class="hidden">{t('Actions', '操作')}</span></span>
        </div>
        {data?.users.map((user) => <PersonRow key={keyOf(user)} user={user} onOpen={() => { choose(user) }} />)}
      </div>
      {data?.users.length === 0 && <p class="empty">{who === 'in' && q === '' ? t('Nobody is logged in.', '没有人登录。') : t('Nobody fits.', '没有符合的用户。')}</p>}
      {data !== null && <Pages page={page} size={PAGE} total={data.total} said={t(data.total === 1 ? '1 user' : `${count(data.total)} users`, `${count(data.total)} 位用户`)} />}
      {person !== undefined && <PersonDialog user={person} onUser={choose} onClose={() => { choose(null) }} />}
    </div>
  )
}

/** `j` and `k` go from user to user; Enter opens the one that has the focus, as on any button. */
function moveFocus(table: HTMLElement | null, by: 1 | -1): void {
  const names = [...(table?.querySelectorAll<HTMLElement>('.name') ?? [])]
  const at = names.findIndex((name) => name.closest('.tr')?.contains(document.activeElement) === true)
  names[at === -1 ? 0 : at + by]?.focus()
}
