/** Login done for the reader. */
import { tokenScheme } from './swagger.js'
import { byId, call, element, say } from './page-parts.js'

/**
 * What the control plane answers.
 * @typedef {{ accessToken: string, refreshToken: string | null }} Session
 * @typedef {{ id: string, realm: string, names: Record<string, string | number | null>, roles: string[], banned: boolean }} User
 *
 * Who the reader is. `outdated`: access tokens of the user that are dead by now; what an example shows of them is out of date.
 * @typedef {{ user: string, realm: string, name: string, headers: Record<string, string>, accessToken: string, refreshToken: string | null, outdated: string[] }} Login
 * @typedef {{ system: string, sandbox: string, base: string }} Place
 */

/** So many users are found faster by typing. */
const MANY = 12
/** More are found by their names in a moment than read in a list. */
const MOST_USERS = 200
/** Told to whoever is displaced by a login of the page. */
const DEVICE = { label: 'Understudy docs' }

/** @param {Place} place */
const storageKey = ({ system, sandbox }) => `understudy.login.${system}.${sandbox}`

/** @param {Place} place */
const control = ({ sandbox }) => `/__admin/sandboxes/${sandbox}`

/** @param {User} user @returns {string[]} what people know the user by */
const namesOf = ({ names }) => [...new Set(Object.values(names).filter((name) => name !== null && name !== '').map(String))]

/**
 * @param {Place} place
 * @returns {Login | null} who the reader is in this tab
 */
export function savedLogin(place) {
  return JSON.parse(sessionStorage.getItem(storageKey(place)) ?? 'null')
}

/**
 * Fills the panel of users and lets the reader be one of them.
 * @param {Place} place
 * @param {import('./swagger.js').SwaggerUi} ui
 */
export function offerLogins(place, ui) {
  const panel = byId('login-panel')
  const find = /** @type {HTMLInputElement} */ (byId('login-find'))
  let isWhole = true
  panel.addEventListener('beforetoggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== 'open') return
    find.value = ''
    void listUsers(place, ui, '').then((all) => { isWhole = all })
  })
  find.addEventListener('input', () => {
    if (!isWhole) {
      void listUsers(place, ui, find.value.trim())
      return
    }
    for (const item of byId('readers').children) {
      if (item instanceof HTMLElement) item.hidden = !item.innerText.toLowerCase().includes(find.value.trim().toLowerCase())
    }
  })
  byId('switch-user').addEventListener('click', () => {
    byId('reader-panel').hidePopover()
    panel.showPopover()
  })
  byId('logout').addEventListener('click', () => {
    byId('reader-panel').hidePopover()
    sessionStorage.removeItem(storageKey(place))
    show(place, ui, null)
    byId('login-button').focus()
  })
  show(place, ui, savedLogin(place))
}

/**
 * @param {Place} place
 * @param {import('./swagger.js').SwaggerUi} ui
 * @param {string} text what the reader looks for; the stub finds who it is
 * @returns {Promise<boolean>} whether all who fit are listed
 */
async function listUsers(place, ui, text) {
  const query = new URLSearchParams({ system: place.system, limit: String(MOST_USERS), ...(text === '' ? {} : { q: text }) })
  const { users, total } = /** @type {{ users: User[], total: number }} */ (await call('GET', `${control(place)}/users?${query}`))
  const find = /** @type {HTMLInputElement} */ (byId('login-find'))
  // Somebody else is looked for by now.
  if (text !== '' && find.value.trim() !== text) return true
  if (text === '') find.hidden = users.length <= MANY
  const items = users.map((user) => {
    const item = element('li', '')
    const button = document.createElement('button')
    button.type = 'button'
    button.dataset['user'] = user.id
    const marks = [...(user.realm === '' ? [] : [user.realm]), ...user.roles, ...(user.banned ? [say('banned', '封禁')] : [])]
    button.append(element('b', namesOf(user).join(' · ') || user.id), ...marks.map((mark) => element('span', mark)))
    button.addEventListener('click', () => void logIn(place, ui, user))
    item.append(button)
    return item
  })
  if (total > users.length) items.push(element('li', say(`${total - users.length} more: type to find one`, `另有 ${total - users.length} 位，输入以查找`)))
  if (total === 0) items.push(element('li', text === '' ? say('This sandbox has no users', '此沙箱没有用户') : say('Nobody fits', '没有符合的用户')))
  byId('readers').replaceChildren(...items)
  return total <= users.length
}

/** @param {Place} place @param {import('./swagger.js').SwaggerUi} ui @param {User} user */
async function logIn(place, ui, user) {
  const before = savedLogin(place)
  const { id, realm } = user
  const wanted = { system: place.system, user: id, ...(realm === '' ? {} : { realm }), device: DEVICE }
  const issued = /** @type {{ session: Session, headers: Record<string, string>, ended: Session[] }} */ (await call('POST', `${control(place)}/sessions`, wanted))
  const { accessToken, refreshToken } = issued.session
  const earlier = before?.user === id && before.realm === realm ? before.outdated : []
  const outdated = [...new Set([...earlier, ...issued.ended.map((session) => session.accessToken)])]
  /** @type {Login} */
  const login = { user: id, realm, name: namesOf(user)[0] ?? id, headers: issued.headers, accessToken, refreshToken, outdated }
  sessionStorage.setItem(storageKey(place), JSON.stringify(login))
  byId('login-panel').hidePopover()
  // Examples change with the user type in a path and with a token in a body; the hash brings the reader back to where he was.
  if (login.realm !== (before?.realm ?? '') || Object.keys(login.headers).length === 0) location.reload()
  else {
    show(place, ui, login)
    byId('reader').focus()
  }
}

/** @param {Place} place @param {import('./swagger.js').SwaggerUi} ui @param {Login | null} login */
function show(place, ui, login) {
  carry(place, ui, login)
  byId('login-button').hidden = login !== null
  byId('reader').hidden = login === null
  byId('reader').textContent = `${login?.name ?? ''} ▾`
  byId('reader-name').textContent = login?.name ?? ''
  const tokens = [['access', login?.accessToken], ['refresh', login?.refreshToken]]
  byId('tokens').replaceChildren(...tokens.flatMap(([kind, token]) => (typeof token === 'string' ? [element('dt', kind ?? ''), copyable(token)] : [])))
}

/**
 * Makes requests carry the credential, or none: by Swagger UI's own authorization, so that its padlocks and curl commands tell the truth.
 * @param {Place} place @param {import('./swagger.js').SwaggerUi} ui @param {Login | null} login
 */
function carry({ base }, ui, login) {
  const scheme = tokenScheme(ui)
  const name = scheme?.name
  if (scheme?.type !== 'apiKey' || name === undefined) return
  const inCookie = scheme.in === 'cookie'
  const header = login?.headers[inCookie ? 'cookie' : name.toLowerCase()]
  const value = inCookie ? header?.slice(name.length + 1) : header
  if (value !== undefined) ui.preauthorizeApiKey('token', value)
  else if (ui.authSelectors.authorized().size > 0) ui.authActions.logout(['token'])
  // A page may not write the header itself. Within this base the cookie goes before one that an operation has set for the whole server.
  if (inCookie) document.cookie = `${name}=${value ?? ''}; Path=${base}; SameSite=Strict${value === undefined ? '; Max-Age=0' : ''}`
}

/** @param {string} text */
function copyable(text) {
  const place = element('dd', '')
  const copy = element('button', say('Copy', '复制'))
  copy.addEventListener('click', () => void navigator.clipboard.writeText(text))
  place.append(element('code', text))
  // Browsers hand out the clipboard to pages of this machine and to https only.
  if (isSecureContext) place.append(copy)
  return place
}
