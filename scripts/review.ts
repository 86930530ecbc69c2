/**
 * `npm run review`: writes docs/review/, what the backend team is asked to look at (Markdown for a code host, and one HTML page).
 *   --root DIR   another project folder
 * `npm run review -- --who 王工 "edu-q12 是" "edu-q13 否"` takes their answers in before.
 *   --when DAY   the day they were given (2026-05-06); today when left out
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../src/plain/message.js'
import { writeReview } from './review/files.js'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { root: { type: 'string', default: '.' }, who: { type: 'string', default: '' }, when: { type: 'string', default: today() } } })
try {
  if (positionals.length > 0 && values.who === '') throw new Error('whose answers are these? --who 王工')
  for (const file of await writeReview(resolve(values.root), positionals.join('\n'), values)) console.log(`${file}: written`)
  console.log('the review is up to date')
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}

function today(): string {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
