/** A dialog of the browser's own: it keeps the focus, closes by Escape and gives the focus back. */
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../language.js'
import { isAway } from '../live/connection.js'
import { Notices } from '../notices.js'

/** How many dialogs are open. What lies below them is neither seen well nor told to screen readers, so notices are shown in the dialog. */
export const dialogs = signal(0)

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  readonly wide?: boolean
}

export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isSeen = !isAway.value
  // While it is still in the page: only a dialog that is closed gives the focus back, one that is merely taken away loses it.
  useLayoutEffect(() => {
    const element = dialog.current
    // One that lies over a page without a panel would be all that can be reached.
    if (!isSeen) return
    element?.showModal()
    dialogs.value++
    return () => {
      element?.close()
      dialogs.value--
    }
  }, [isSeen])
  const closed = () => {
    // The browser tells of it a moment later; by then another dialog may stand in its place.
    if (dialog.current !== null && !isAway.peek()) onClose()
  }
  const clickedBeside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose()
  }
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-label={title} onClose={closed} onMouseDown={clickedBeside}>
      <div class="dialog">
        <header class="head">
          <h2 class="grow">{title}</h2>
          <button type="button" class="quiet icon" aria-label={t('Close', '关闭')} onClick={onClose}>✕</button>
        </header>
        {children}
      </div>
      <Notices />
    </dialog>
  )
}
