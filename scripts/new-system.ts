/**
 * `npm run new-system -- <id>`: lays out a sixth system, and a seventh: an OpenAPI document, a folder of fixtures and a folder of code,
 * small but whole. It writes these three and nothing else; `npm run generate` does the rest.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const template = join(root, 'scripts', 'new-system')

const [id = ''] = process.argv.slice(2)
if (!/^[a-z][a-z0-9]{1,15}$/.test(id)) stop('usage: npm run new-system -- <id>   (2 to 16 lower-case letters and digits, a letter first)')

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
  const typeName = id.charAt(0).toUpperCase() + id.slice(1)
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('__id__', id).replaceAll('__Id__', typeName))
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
