/** One language at a time: the one that the address asks for, else the one that the browser prefers. */
import type { Language } from '../plain/bilingual.js'

/**
 * @param asked `?lang=` of the address
 * @param accept the header `Accept-Language`
 * @returns English where neither says Chinese, as in the console
 */
export function languageOf(asked: string | undefined, accept: string | undefined): Language {
  if (isLanguage(asked)) return asked
  const wanted = (accept ?? '').split(',').map((one) => {
    const [tag = '', ...settings] = one.trim().toLowerCase().split(';')
    const weight = settings.map((setting) => setting.trim()).find((setting) => setting.startsWith('q='))
    return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  })
  const best = wanted.reduce((best, one) => (one.weight > best.weight ? one : best), { tag: '', weight: 0 })
  return best.tag.startsWith('zh') ? 'zh' : 'en'
}

/** @returns a header as one text; several of a name count as a list */
export function textHeader(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(',') : value
}

/** @returns whether it is a language that the pages speak */
export function isLanguage(text: string | undefined): text is Language {
  return text === 'en' || text === 'zh'
}

/** Picks one of two texts that stand beside each other, so that neither is forgotten. */
export type Say = <T>(en: T, zh: T) => T

/** @returns what picks the text of the language */
export function speak(language: Language): Say {
  return (en, zh) => (language === 'zh' ? zh : en)
}
