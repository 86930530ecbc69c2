/** The start page tests itself from the device that looks at it, and copies what is to be copied. */
// The QR code may bring the admin token behind the address, where no server sees it; it is kept for this tab, as the console does.
const [, token = ''] = /^#token=([\x21-\x7e]+)$/.exec(location.hash) ?? []
if (token !== '') {
  sessionStorage.setItem('understudy.adminToken', token)
  history.replaceState(null, '', location.pathname + location.search)
}

const { ok = '', bad = '', untrusted = '', copied = '' } = document.body.dataset
const tests = document.getElementById('tests')

/** Shows how a test ended. @param {string} name @param {boolean} isGood @param {string} text */
function show(name, isGood, text) {
  const row = tests?.querySelector(`[data-test=${name}]`)
  const state = row?.querySelector('.state')
  if (!(row instanceof HTMLElement) || !(state instanceof HTMLElement)) return
  row.dataset['good'] = String(isGood)
  state.textContent = text
}

/** Calls an origin. @param {string} origin */
async function ping(origin) {
  const answer = await fetch(`${origin}/__start/ping`, { cache: 'no-store', signal: AbortSignal.timeout(5000) })
  const body = await answer.json()
  if (body.understudy !== true) throw new Error('something else answered')
}

/** Opens a WebSocket. @param {string} url @returns {Promise<void>} */
function knock(url) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    socket.addEventListener('open', () => { resolve() })
    socket.addEventListener('error', () => { reject(new Error('refused')) })
    AbortSignal.timeout(5000).addEventListener('abort', () => { reject(new Error('no answer')) })
  })
}

if (tests instanceof HTMLElement) {
  const { socket = '', other = '' } = tests.dataset
  ping('').then(() => { show('reach', true, ok) }, () => { show('reach', false, bad) })
  knock(socket).then(() => { show('socket', true, ok) }, () => { show('socket', false, bad) })
  if (other !== '') ping(other).then(() => { show('other', true, ok) }, () => { show('other', false, untrusted) })
}

for (const button of document.querySelectorAll('[data-copy]')) {
  if (!(button instanceof HTMLElement)) continue
  const { copy = '' } = button.dataset
  button.addEventListener('click', () => {
    // Without HTTPS a page may not write to the clipboard, but what is selected may be copied.
    const area = document.createElement('textarea')
    area.value = copy
    document.body.append(area)
    area.select()
    const isDone = document.execCommand('copy')
    area.remove()
    if (isDone) button.textContent = copied
  })
}
