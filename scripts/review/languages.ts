/** Both languages in one page: the same in each, of which the reader's choice shows one. */
import type { Language } from '../../src/plain/bilingual.js'
import { LANGUAGES, type Words, words } from './words.js'

/** Renders something once for each language. */
export function both(render: (say: Words, language: Language) => string, tag = 'div'): string {
  return LANGUAGES.map((language) => `<${tag} class="${language}" lang="${language === 'zh' ? 'zh-CN' : 'en'}">${render(words[language], language)}</${tag}>`).join('')
}
