/** English or Chinese, one at a time: as the browser says, until the reader chooses. */
import { effect, signal } from '@preact/signals'

export type Language = 'en' | 'zh'

const KEY = 'understudy.language'

function initial(): Language {
  const saved = localStorage.getItem(KEY)
  if (saved === 'en' || saved === 'zh') return saved
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

export const language = signal<Language>(initial())

effect(() => {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
})

/** Keeps the choice for later visits. */
export function speak(chosen: Language): void {
  localStorage.setItem(KEY, chosen)
  language.value = chosen
}

/** @returns the text in the reader's language; both stand beside each other, so that neither is forgotten */
export function t(en: string, zh: string): string {
  return language.value === 'zh' ? zh : en
}

/** @returns the reader's half of a text that the contract has in both languages */
export function pick(text: { readonly en: string; readonly zh: string }): string {
  return text[language.value] === '' ? text.en || text.zh : text[language.value]
}

const CHINESE = /\p{Script=Han}/u

/** @returns the reader's half of `中文 · English`; the whole where it has no halves */
export function half(text: string): string {
  const parts = text.split(' · ')
  const last = parts.findLastIndex((part) => CHINESE.test(part))
  const zh = parts.slice(0, last + 1).join(' · ')
  const en = parts.slice(last + 1).join(' · ')
  return language.value === 'zh' ? zh || en : en || zh
}
