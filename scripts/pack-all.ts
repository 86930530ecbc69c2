/** `npm run pack:all -- --pack-destination <folder>`: the files of both packages, `understudy` and `understudy-contract`. */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packContractInto, packInto } from './pack.js'

const { values } = parseArgs({ options: { 'pack-destination': { type: 'string', default: '.' } } })
const folder = resolve(values['pack-destination'])
mkdirSync(folder, { recursive: true })
for (const tarball of [packContractInto(folder), packInto(folder)]) process.stdout.write(`${tarball}\n`)
