/**
 * `npm run new-system -- <id>`: the skeleton of a system, ready to be generated and served.
 * It writes openapi/<id>.yaml, fixtures/<id>/ and src/systems/<id>/, and nothing else.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withCapital } from '../src/plain/capital.js'
import { whyNoId } from './system-ids.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const template = join(root, 'scripts', 'new-system')

const [id = ''] = process.argv.slice(2)
const reason = whyNoId(root, id)
if (reason !== null) stop(`usage: npm run new-system -- <id>\n${reason}`)

const places = [
  { from: join(template, 'openapi', 'system.yaml'), to: join(root, 'openapi', `${id}.yaml`) },
  { from: join(template, 'fixtures'), to: join(root, 'fixtures', id) },
  { from: join(template, 'src'), to: join(root, 'src', 'systems', id) },
]
for (const { to } of places) if (existsSync(to)) stop(`${to} exists already`)

for (const { from, to } of places) {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true })
  fillIn(to)
}
process.stdout.write(`Wrote openapi/${id}.yaml, fixtures/${id}, src/systems/${id}. Now: npm run generate\n`)

/** Replaces the placeholders in a file, or in all files of a folder. */
function fillIn(path: string): void {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path)) fillIn(join(path, name))
    return
  }
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('__id__', id).replaceAll('__Id__', withCapital(id)))
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
