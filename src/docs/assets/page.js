/** The reference page of one system: Swagger UI, the sandbox it calls and the user it calls as. */
import { offerLogins, savedLogin } from './login.js'
import { byId } from './page-parts.js'
import { offerSandboxes } from './sandboxes.js'
import { showDocument } from './swagger.js'

const { system = '', sandbox = '', base = '' } = document.body.dataset
const place = { system, sandbox, base }

const dark = matchMedia('(prefers-color-scheme: dark)')
const dim = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', dim)
dim()

byId('notice-close').addEventListener('click', () => {
  byId('notice').hidden = true
})

const canLogIn = document.getElementById('login-panel') !== null
if (canLogIn) offerSandboxes(sandbox)

const query = new URLSearchParams({ sandbox })
const login = savedLogin(place)
if (login !== null && login.realm !== '') query.set('realm', login.realm)
/** @param {string} document */
const renew = (document) => (login?.outdated ?? []).reduce((text, token) => text.replaceAll(token, login?.accessToken ?? ''), document)
const ui = await showDocument(`/docs/${system}/openapi.json?${query}`, byId('reference'), renew)
if (canLogIn) offerLogins(place, ui)

const find = /** @type {HTMLInputElement} */ (byId('find'))
find.addEventListener('input', () => {
  ui.layoutActions.updateFilter(find.value)
})
