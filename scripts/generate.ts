/**
 * `npm run generate`: writes what follows from openapi/ and fixtures/ (see `openapi/README.md`).
 *   --root DIR   another project folder
 *   --check      write nothing; exit 1 and list what is stale
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { progressOn } from '../src/cli/output.js'
import { loadProject } from './generate/load.js'
import { findStale, generate, writeFiles } from './generate/project.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' }, check: { type: 'boolean', default: false } } })
const root = resolve(values.root)

const at = progressOn()
const generated = await generate(loadProject(root), at)
at('')
const stale = values.check ? findStale(root, generated) : writeFiles(root, generated)
for (const { file, why } of stale) console.log(`${file}: ${why}`)
for (const problem of generated.problems) console.error(problem)
console.log(`${generated.files.size} generated files, ${stale.length} ${values.check ? 'stale' : 'written'}`)
if (generated.problems.length > 0 || (values.check && stale.length > 0)) process.exitCode = 1
