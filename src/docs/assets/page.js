/** The reference page of one system: Swagger UI, the sandbox it calls and the user it calls as. */
import { offerLogins, savedLogin } from './login.js'
import { byId } from './page-parts.js'
import { showDocument } from './swagger.js'
import { mend } from './words.js'

const { system = '', sandbox = '', base = '', language = '' } = document.body.dataset
const place = { system, sandbox, base }

const canLogIn = document.getElementById('login-panel') !== null

mend(byId('reference'))
const query = new URLSearchParams({ sandbox, lang: language })
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

// Swagger UI opens links of descriptions in a new tab, and those to the console stay under the same roof.
byId('reference').addEventListener('click', ({ target }) => {
  if (target instanceof Element) target.closest('a[href^="/"]')?.removeAttribute('target')
}, { capture: true })
