/** Short news at the edge of the page: done, or why not. Told to screen readers as well. */
import { signal } from '@preact/signals'
import { t } from './language.js'
import { whenStill } from './live/still.js'

interface Notice {
  readonly id: number
  readonly kind: 'done' | 'refused'
  readonly text: string
}

/** What is done needs no longer look than this; a refusal stays until it is put away. */
const SHOWN = 4000
const MOST = 3

const notices = signal<readonly Notice[]>([])
let count = 0

function add(kind: Notice['kind'], text: string): number {
  const id = ++count
  notices.value = [...notices.value.filter((one) => one.text !== text), { id, kind, text }].slice(-MOST)
  return id
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((one) => one.id !== id)
}

/** Says that something is done. */
export function note(text: string): void {
  const id = add('done', text)
  setTimeout(() => {
    whenStill({}, () => {
      dismiss(id)
    })
  }, SHOWN)
}

/** Says why something could not be done. */
export function complain(text: string): void {
  add('refused', text)
}

/** Where notices are shown. */
export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, kind, text }) => (
        <p key={id} class={`notice ${kind}`}>
          <span aria-hidden="true">{kind === 'done' ? '✓' : '!'}</span>
          <span class="grow">{text}</span>
          <button type="button" class="quiet" aria-label={t('Dismiss', '关闭')} onClick={() => { dismiss(id) }}>✕</button>
        </p>
      ))}
    </div>
  )
}
