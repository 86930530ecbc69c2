/** How a question stands, in words. */
import { saidIn, type Standing } from '../generate/answers.js'
import type { Words } from './words.js'

/** `✓ confirmed: Wang, 2026-05-06`; a text that was given follows in quotes, and what was confirmed before the contract changed. */
export function standingIn({ state, answer }: Standing, say: Words): string {
  const mark = state === 'contradicted' ? '✗' : state === 'outdated' ? '↻' : '✓'
  const text = typeof answer.answer === 'string' ? '' : ` “${saidIn(answer)}”`
  const before = state === 'outdated' ? ` “${answer.asked ?? ''}”` : ''
  return `${mark} ${say.states[state]}${before} (${answer.who}, ${answer.when})${text}`
}

/** An entry of `openapi/answers/edu.yaml`, to be imitated. */
export const entryExample = `- question: edu-q12
  answer: 是
  who: 王工（教育后端）
  when: 2026-05-06`
