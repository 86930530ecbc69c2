/** The header of every page: language, look, sandbox, and the token of a server that is open to others. */
import { byId, say } from './page-parts.js'
import { offerSandboxes } from './sandboxes.js'

const LOOKS = ['auto', 'light', 'dark']
const { documentElement: root } = document

byId('notice-close').addEventListener('click', () => {
  byId('notice').hidden = true
})

const dark = matchMedia('(prefers-color-scheme: dark)')
const showLook = () => {
  const look = root.dataset['theme'] ?? 'auto'
  const name = { auto: say('Look: as the system', '外观：跟随系统'), light: say('Look: light', '外观：浅色'), dark: say('Look: dark', '外观：深色') }[look] ?? ''
  byId('look').setAttribute('aria-label', name)
  byId('look').title = name
  root.classList.toggle('dark-mode', look === 'auto' ? dark.matches : look === 'dark') // Swagger UI's name for it
}
byId('look').addEventListener('click', () => {
  const next = LOOKS[(LOOKS.indexOf(root.dataset['theme'] ?? 'auto') + 1) % LOOKS.length] ?? 'auto'
  localStorage.setItem('understudy.theme', next)
  if (next === 'auto') delete root.dataset['theme']
  else root.dataset['theme'] = next
  showLook()
})
dark.addEventListener('change', showLook)
showLook()

// On a phone the list of panels is a strip, and what one reads may lie outside of it.
document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })

const { sandbox = '', guarded } = document.body.dataset
if (document.getElementById('sandbox-panel') !== null) offerSandboxes(sandbox, guarded !== undefined)
