/** A button that copies a text. Browsers hand out the clipboard on this machine and over https only; elsewhere the text is selected by hand. */
import type { ComponentChildren } from 'preact'
import { t } from '../language.js'
import { complain, note } from '../notices.js'

/** Copies the text and says so, and what else there is to say about it. */
async function copy(text: string, but: string | null): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    note(but === null ? t('Copied', '已复制') : t(`Copied. ${but}`, `已复制。${but}`))
  } catch {
    complain(t('The browser gives the clipboard to localhost and https only. Select the text and copy it by hand.', '浏览器只在 localhost 与 https 下开放剪贴板，请手动选择并复制。'))
  }
}

interface CopyProps {
  /** What is copied, or how it is made. */
  readonly text: string | (() => string | Promise<string>)
  /** For screen readers, where the button itself says less. */
  readonly label?: string
  /** Why what is copied may be of less use than it seems. */
  readonly but?: string | null
  readonly class?: string
  readonly children?: ComponentChildren
}

export function Copy({ text, label, but = null, class: look = 'small', children }: CopyProps) {
  const run = async () => {
    let made: string
    try {
      made = typeof text === 'string' ? text : await text()
    } catch (error) {
      complain(error)
      return
    }
    await copy(made, but)
  }
  return (
    <button type="button" class={look} onClick={() => void run()} {...(label === undefined ? {} : { 'aria-label': label })}>
      {children ?? t('Copy', '复制')}
    </button>
  )
}
