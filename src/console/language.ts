/** English or Chinese, one at a time: as the browser says, until the reader chooses. */
import { effect, signal } from '@preact/signals'
import { type Bilingual, inLanguage, type Language } from '../plain/bilingual.js'

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
export function pick(text: Bilingual): string {
  return text[language.value] === '' ? text.en || text.zh : text[language.value]
}

/** @returns the reader's half of a text of the documents; the whole where it has no halves */
export function half(text: string): string {
  return inLanguage(text, language.value)
}
