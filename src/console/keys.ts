/** Keys for those who leave the mouse alone: `/` goes to the search, `j` and `k` through the list, Enter opens, Escape closes. */

/** What the panel that is shown does on a key. */
export interface Keys {
  readonly search?: () => void
  readonly move?: (by: 1 | -1) => void
  readonly close?: () => void
}

let keys: Keys = {}

/** @param wanted what the panel does; of several the last one to say so */
export function takeKeys(wanted: Keys): () => void {
  keys = wanted
  return () => {
    if (keys === wanted) keys = {}
  }
}

/** Begins to listen. A key that goes into a field, or comes with another, is none of ours. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const { target, key } = event
    const isTyping = target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
    const isAbove = document.querySelector('dialog[open], :popover-open') !== null
    if (isAbove) return
    if (key === 'Escape') {
      if (isTyping && target instanceof HTMLElement) target.blur()
      else keys.close?.()
      return
    }
    if (isTyping) return
    const action = key === '/' ? keys.search : key === 'j' || key === 'k' ? () => keys.move?.(key === 'j' ? 1 : -1) : undefined
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}
