/** Users and sessions of all systems, who is logged in where, and what may befall them. */
import { useState } from 'preact/hooks'
import { ask, control, here, type Schemas } from '../api.js'
import { count } from '../format.js'
import { t } from '../language.js'
import { details } from '../live/details.js'
import { useResource } from '../live/resource.js'
import { filter, place } from '../place.js'
import { keyOf, namesOf, type User } from './people/names.js'
import { PersonDialog } from './people/person.js'
import { PersonRow } from './people/row.js'

/** As many as the control plane lists. */
const MOST = 1000
/** More rows than this are found by typing. */
const MOST_SHOWN = 200

export function PeoplePanel() {
  const path = here.value
  const { system = '', who = '', q = '' } = place.value.query
  const { data } = useResource(async () => {
    const [{ users, total }, { sessions }] = await Promise.all([
      ask(control.value.GET('/sandboxes/{sandbox}/users', { params: { path, query: { limit: MOST } } })),
      ask(control.value.GET('/sandboxes/{sandbox}/sessions', { params: { path } })),
    ])
    return { users, total, sessions }
  }, path.sandbox)
  const [chosen, choose] = useState<string | null>(null)

  const byUser = new Map<string, Schemas['Session'][]>()
  for (const session of data?.sessions ?? []) {
    const key = keyOf({ system: session.system, realm: session.realm, id: session.user })
    byUser.set(key, [...(byUser.get(key) ?? []), session])
  }
  const isIn = (user: User) => byUser.get(keyOf(user))?.some(({ endedAt }) => endedAt === null) ?? false
  const words = q.toLowerCase().split(/\s+/).filter((word) => word !== '')
  const found = (data?.users ?? []).filter((user) => {
    const text = `${namesOf(user).join(' ')} ${user.id} ${user.system} ${user.realm} ${user.roles.join(' ')}`.toLowerCase()
    return (system === '' || user.system === system) && (who !== 'in' || isIn(user)) && words.every((word) => text.includes(word))
  })
  // Who is logged in is looked for most.
  const sorted = [...found.filter(isIn), ...found.filter((user) => !isIn(user))]
  const person = data?.users.find((user) => keyOf(user) === chosen)
  return (
    <div class="sheet">
      <div class="head"><h1>{t('People', '用户')}</h1></div>
      <div class="tools flat">
        <input type="search" class="grow" value={q} onInput={(event) => { filter('q', event.currentTarget.value) }} aria-label={t('Search users', '搜索用户')} placeholder={t('Phone, name, id, role', '手机号、名字、标识、角色')} />
        <select aria-label={t('System', '系统')} value={system} onChange={(event) => { filter('system', event.currentTarget.value) }}>
          <option value="">{t('All systems', '所有系统')}</option>
          {details.value.map(({ id }) => <option key={id} value={id}>{id}</option>)}
        </select>
        <button type="button" aria-pressed={who === 'in'} onClick={() => { filter('who', who === 'in' ? '' : 'in') }}>{t('Logged in', '已登录')}</button>
      </div>
      <div class="table people" role="table" aria-label={t('People', '用户')}>
        <div role="row" class="tr th">
          <span role="columnheader">{t('User', '用户')}</span>
          <span role="columnheader">{t('System', '系统')}</span>
          <span role="columnheader">{t('Logged in on', '登录设备')}</span>
          <span role="columnheader">{t('Access token', '访问令牌')}</span>
          <span role="columnheader"><span class="hidden">{t('Actions', '操作')}</span></span>
        </div>
        {sorted.slice(0, MOST_SHOWN).map((user) => (
          <PersonRow key={keyOf(user)} user={user} sessions={byUser.get(keyOf(user)) ?? []} onOpen={() => { choose(keyOf(user)) }} />
        ))}
      </div>
      {data !== null && sorted.length === 0 && <p class="empty">{t('Nobody fits.', '没有符合的用户。')}</p>}
      {sorted.length > MOST_SHOWN && <p class="faint">{t(`${count(sorted.length - MOST_SHOWN)} more fit: type to find one.`, `另有 ${count(sorted.length - MOST_SHOWN)} 位符合，输入以查找。`)}</p>}
      {data !== null && data.total > data.users.length && <p class="faint">{t(`Of ${count(data.total)} users the first ${count(data.users.length)} are listed.`, `共 ${count(data.total)} 位用户，列出前 ${count(data.users.length)} 位。`)}</p>}
      {person !== undefined && <PersonDialog user={person} sessions={byUser.get(keyOf(person)) ?? []} onClose={() => { choose(null) }} />}
    </div>
  )
}
