/** Codes that come while the page is not looked at: told by the browser, whatever panel is open, where the reader has allowed it. */
import { effect, signal } from '@preact/signals'
import { ask, control, here, type Schemas } from '../api.js'
import { sandbox } from '../place.js'
import { arrivals } from './connection.js'
import { watch } from './watch.js'

type Message = Schemas['SmsMessage']

/** What the browser answers when it is asked whether it may tell; `denied` where it cannot. */
export const mayTell = signal<NotificationPermission>(typeof Notification === 'function' ? Notification.permission : 'denied')

/** As many are looked at, and told of at once. */
const NEWEST = 20
const MOST_TOLD = 3

/** Codes that were there when the reader went away, or that he has been told of; null while he looks. */
let known: ReadonlySet<string> | null = null

/** Asks the browser for leave to tell. */
export async function askToTell(): Promise<void> {
  mayTell.value = await Notification.requestPermission()
}

/** Begins to tell. */
export function tellOfCodes(): void {
  const look = async () => {
    if (!document.hidden || mayTell.peek() !== 'granted') {
      known = null
      return
    }
    const name = sandbox.peek()
    const { messages } = await ask(control.peek().GET('/sandboxes/{sandbox}/sms', { params: { path: here.peek(), query: { limit: NEWEST } } }))
    const before = known
    known = new Set(messages.map(identityOf))
    if (before !== null && name === sandbox.peek()) for (const message of messages.filter((one) => !before.has(identityOf(one))).slice(0, MOST_TOLD)) tell(message, name)
  }
  // What could not be asked is asked with the next call that comes.
  const attempt = () => void look().catch(() => undefined)
  document.addEventListener('visibilitychange', attempt)
  effect(() => {
    watch(arrivals)
    attempt()
  })
  effect(() => {
    watch(sandbox)
    known = null
  })
}

/** The same code to the same phone is another message when it is sent again. */
function identityOf({ system, key, code, sentAt, earlier }: Message): string {
  return JSON.stringify([system, key, code, sentAt, earlier.length])
}

function tell({ system, key, code, phone }: Message, name: string): void {
  const notification = new Notification(`${code} · ${phone}`, { body: `${system} · ${name}`, tag: `${name}/${system}/${key}` })
  notification.onclick = () => {
    focus()
    notification.close()
  }
}
