/** Short news at the edge of the page: done, or why not. Told to screen readers as well. */
import { signal } from '@preact/signals'
import { messageOf } from '../plain/message.js'
import { t } from './language.js'
import { whenStill } from './live/still.js'
import { Why } from './parts/why.js'

interface Notice {
  readonly id: number
  readonly kind: 'done' | 'refused'
  /** What is said, or what was thrown. */
  readonly what: unknown
}

/** What is done needs no longer look than this; a refusal stays until it is put away. */
const SHOWN = 4000
const MOST = 3

const notices = signal<readonly Notice[]>([])
let count = 0

function add(kind: Notice['kind'], what: unknown): number {
  const id = ++count
  notices.value = [...notices.value.filter((one) => messageOf(one.what) !== messageOf(what)), { id, kind, what }].slice(-MOST)
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

/** Says why something could not be done: what was thrown, or a sentence. */
export function complain(what: unknown): void {
  add('refused', what)
}

/** Where notices are shown. */
export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, kind, what }) => (
        <p key={id} class={`notice ${kind}`}>
          <span aria-hidden="true">{kind === 'done' ? '✓' : '!'}</span>
          <span class="grow"><Why of={what} /></span>
          <button type="button" class="quiet" aria-label={t('Dismiss', '关闭')} onClick={() => { dismiss(id) }}>✕</button>
        </p>
      ))}
    </div>
  )
}
