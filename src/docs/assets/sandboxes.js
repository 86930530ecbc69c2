/** The choice of the sandbox that requests go to. */
import { byId, call, complainOfToken, element, hasAdminToken, rememberAdminToken, say } from './page-parts.js'

/** More than these are found by typing. */
const MOST_LISTED = 50

/**
 * @param {string} sandbox the one that this page is for
 * @param {boolean} guarded whether the server asks for a token
 */
export function offerSandboxes(sandbox, guarded) {
  const panel = byId('sandbox-panel')
  const field = /** @type {HTMLInputElement} */ (panel.querySelector('input'))
  /** @type {string[]} */
  let names = []
  const show = () => {
    const text = field.value.trim()
    const found = names.filter((name) => name.toLowerCase().includes(text.toLowerCase()))
    byId('sandboxes').replaceChildren(...found.slice(0, MOST_LISTED).map((name) => item(name, name === sandbox)))
    const main = /** @type {HTMLElement} */ (panel.querySelector('button.main'))
    main.textContent = names.includes(text) ? say(`Go to ${text}`, `前往 ${text}`) : `${say('New sandbox', '新建沙箱')} ${text}`
  }
  panel.addEventListener('beforetoggle', (event) => {
    if (/** @type {ToggleEvent} */ (event).newState === 'open') void list(sandbox).then((found) => {
      names = found
      show()
    })
  })
  field.addEventListener('input', show)
  onSubmit(panel, (text) => {
    if (names.includes(text)) visit(text)
    else void create(text)
  })
  if (!guarded) return
  onSubmit(byId('token-panel'), (token) => {
    rememberAdminToken(token)
    location.reload()
  })
  // A page that needs it for nothing by itself does not ask for it.
  if (!hasAdminToken() && document.body.dataset['token'] !== 'later') complainOfToken()
}

/** @param {HTMLElement} panel @param {(text: string) => void} act on what stands in its field */
function onSubmit(panel, act) {
  panel.querySelector('form')?.addEventListener('submit', (event) => {
    event.preventDefault()
    act(panel.querySelector('input')?.value.trim() ?? '')
  })
}

/** @param {string} name @param {boolean} isHere */
function item(name, isHere) {
  const button = element('button', name)
  button.className = 'row'
  button.setAttribute('type', 'button')
  if (isHere) button.setAttribute('aria-current', 'true')
  button.addEventListener('click', () => {
    visit(name)
  })
  const made = document.createElement('li')
  made.append(button)
  return made
}

/** @param {string} sandbox @returns {Promise<string[]>} all there are, and this one, which may not have been used yet */
async function list(sandbox) {
  const { sandboxes } = /** @type {{ sandboxes: { name: string }[] }} */ (await call('GET', '/__admin/sandboxes'))
  return [...new Set(['default', sandbox, ...sandboxes.map(({ name }) => name)])]
}

/** @param {string} name an empty one lets the server choose */
async function create(name) {
  const made = /** @type {{ name: string }} */ (await call('POST', '/__admin/sandboxes', name === '' ? {} : { name }))
  visit(made.name)
}

/** @param {string} sandbox */
function visit(sandbox) {
  const query = new URLSearchParams(location.search)
  if (sandbox === 'default') query.delete('sandbox')
  else query.set('sandbox', sandbox)
  location.search = query.toString()
}
