/** Light or dark: as the system says, until the reader chooses. */
import { effect, signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'understudy.theme'
const saved = localStorage.getItem(KEY)

export const theme = signal<Theme>(saved === 'light' || saved === 'dark' ? saved : 'auto')

effect(() => {
  const { dataset } = document.documentElement
  if (theme.value === 'auto') delete dataset['theme']
  else dataset['theme'] = theme.value
  localStorage.setItem(KEY, theme.value)
})

const ORDER: readonly Theme[] = ['auto', 'light', 'dark']

/** On to the next of the three. */
export function turnTheme(): void {
  theme.value = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'auto'
}
