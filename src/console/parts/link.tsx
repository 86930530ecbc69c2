/** A link within the console: a real address, followed without loading the page again. */
import type { ComponentChildren } from 'preact'
import { addressOf, beside, go, type ConsolePlace } from '../place.js'

export interface LinkProps {
  readonly to: Partial<ConsolePlace>
  readonly current?: boolean
  readonly class?: string
  readonly label?: string
  readonly children: ComponentChildren
}

export function Link({ to, current = false, class: look, label, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    // Another tab or window is the browser's business.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(to)
  }
  return (
    <a href={addressOf(beside(to))} onClick={follow} {...(look === undefined ? {} : { class: look })} {...(label === undefined ? {} : { 'aria-label': label })} {...(current ? { 'aria-current': 'page' as const } : {})}>
      {children}
    </a>
  )
}
