/**
 * `npm run review`: writes docs/review/, what the backend team is asked to look at (Markdown for a code host, and one HTML page).
 *   --root DIR   another project folder
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from './generate/load.js'
import { writeReview } from './review/files.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } })
try {
  for (const file of await writeReview(resolve(values.root))) console.log(`${file}: written`)
  console.log('the review is up to date')
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
