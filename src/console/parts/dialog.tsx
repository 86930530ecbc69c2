/** A dialog of the browser's own: it keeps the focus, closes by Escape and gives the focus back. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../language.js'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
  readonly wide?: boolean
}

export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const clickedBeside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose()
  }
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-label={title} onClose={onClose} onMouseDown={clickedBeside}>
      <div class="dialog">
        <header class="head">
          <h2 class="grow">{title}</h2>
          <button type="button" class="quiet icon" aria-label={t('Close', '关闭')} onClick={onClose}>✕</button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
