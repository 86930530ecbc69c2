/** The bundled documents as YAML. They are made when the package is built: one generated form of each in the repository is enough. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'

/**
 * Writes every JSON file of a folder as YAML into another.
 * @throws SyntaxError if one is not JSON
 */
export function writeYaml(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const file of readdirSync(from).filter((name) => name.endsWith('.json'))) {
    const document: unknown = JSON.parse(readFileSync(join(from, file), 'utf8'))
    // Repeated parts are written out: many readers of OpenAPI do not follow YAML's aliases.
    writeFileSync(join(to, file.replace(/\.json$/, '.yaml')), stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 }))
  }
}
