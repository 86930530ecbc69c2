/** What the parts of the page share. */

const TOKEN_KEY = 'understudy.adminToken'

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

/**
 * @param {string} en
 * @param {string} zh
 * @returns the one in the language of the page
 */
export function say(en, zh) {
  return document.documentElement.lang === 'en' ? en : zh
}

/** @param {string} name @param {string} text @returns a new element with the text */
export function element(name, text) {
  const made = document.createElement(name)
  made.textContent = text
  return made
}

/** @param {string} text what went wrong */
function complain(text) {
  byId('notice-text').textContent = text
  byId('notice').hidden = false
}

/** Says what the reader has to do first. */
export function complainOfToken() {
  complain(say('Give the admin token first', '请先填写管理令牌'))
}

/** @returns whether the reader has given one in this tab */
export function hasAdminToken() {
  return sessionStorage.getItem(TOKEN_KEY) !== null
}

/** @param {string} token */
export function rememberAdminToken(token) {
  sessionStorage.setItem(TOKEN_KEY, token)
}

/**
 * Calls this server; what went wrong is told to the reader.
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<unknown>}
 */
export async function call(method, path, body) {
  const token = sessionStorage.getItem(TOKEN_KEY)
  const response = await fetch(path, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  byId('notice').hidden = response.ok
  if (response.ok) return answer
  const detail = typeof answer.detail === 'string' ? answer.detail : `HTTP ${response.status}`
  if (response.status === 401) complainOfToken()
  else complain(detail)
  throw new Error(detail)
}
