/**
 * `npm run review`: writes docs/review/, what the backend team is asked to look at (Markdown for a code host, and one HTML page).
 *   --root DIR   another project folder
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadProject } from './generate/load.js'
import { writeReview } from './review/files.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' } } })
const project = loadProject(resolve(values.root))
for (const problem of project.problems) console.error(problem)
if (project.problems.length > 0) process.exitCode = 1
else console.log(`${writeReview(project).map((file) => `${file}: written\n`).join('')}the review is up to date`)
