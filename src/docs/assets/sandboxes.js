/** The choice of the sandbox that requests go to. */
import { byId, call, rememberAdminToken } from './page-parts.js'

/** @param {string} sandbox the one that this page is for */
export function offerSandboxes(sandbox) {
  const select = /** @type {HTMLSelectElement} */ (byId('sandbox'))
  select.addEventListener('change', () => {
    visit(select.value)
  })
  // A browser that comes back to this page keeps what was chosen last.
  select.value = sandbox
  byId('sandbox-panel').addEventListener('submit', (event) => {
    event.preventDefault()
    void create(fieldOf(event, 'name'))
  })
  document.getElementById('token-panel')?.addEventListener('submit', (event) => {
    event.preventDefault()
    rememberAdminToken(fieldOf(event, 'token'))
    location.reload()
  })
  void list(select, sandbox)
}

/** @param {HTMLSelectElement} select @param {string} sandbox */
async function list(select, sandbox) {
  const { sandboxes } = /** @type {{ sandboxes: { name: string }[] }} */ (await call('GET', '/__admin/sandboxes'))
  const names = new Set(['default', sandbox, ...sandboxes.map(({ name }) => name)])
  select.replaceChildren(...[...names].map((name) => new Option(name, name, false, name === sandbox)))
}

/** @param {string} name an empty one lets the server choose */
async function create(name) {
  const made = /** @type {{ name: string }} */ (await call('POST', '/__admin/sandboxes', name === '' ? {} : { name }))
  visit(made.name)
}

/** @param {string} sandbox */
function visit(sandbox) {
  location.search = sandbox === 'default' ? '' : `?sandbox=${sandbox}`
}

/** @param {Event} event @param {string} name */
function fieldOf(event, name) {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget)
  return String(new FormData(form).get(name) ?? '').trim()
}
