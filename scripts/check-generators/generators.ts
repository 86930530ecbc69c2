/** Tools that make something of an OpenAPI document, each run as its users first run it. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a tool works: its installation, the document, a folder of its own. */
interface Place {
  readonly home: string
  readonly document: string
  readonly folder: string
}

interface Generator {
  readonly name: string
  /** @returns what went wrong, line by line */
  readonly make: (place: Place) => Promise<string[]>
}

const program = (home: string, name: string) => join(home, 'node_modules/.bin', name)

export const GENERATORS: readonly Generator[] = [
  generator('orval', 'orval', ({ document, folder }) => ['--input', document, '--output', join(folder, 'orval.ts')]),
  generator('orval with fetch', 'orval', ({ document, folder }) => ['--input', document, '--output', join(folder, 'orval-fetch.ts'), '--client', 'fetch']),
  generator('hey-api', 'openapi-ts', ({ document, folder }) => ['--input', document, '--output', join(folder, 'hey-api'), '--no-log-file']),
  generator('oazapfts', 'oazapfts', ({ document, folder }) => [document, join(folder, 'oazapfts.ts')]),
  generator('swagger-typescript-api', 'swagger-typescript-api', ({ document, folder }) => ['generate', '--path', document, '--output', folder, '--name', 'swagger.ts']),
  generator('openapi-zod-client', 'openapi-zod-client', ({ document, folder }) => [document, '--output', join(folder, 'zod.ts')]),
  {
    name: 'openapi-to-postmanv2',
    async make(place) {
      const file = join(place.folder, 'postman.json')
      const { ok, output } = await run(program(place.home, 'openapi2postmanv2'), ['--spec', place.document, '--output', file], place.home)
      // It ends with 0 whatever happens, and then there is no collection.
      if (!ok || !output.includes('Conversion successful')) return lines(output)
      const made = readFileSync(file, 'utf8').match(/"request": ?\{"name"/g)?.length ?? 0
      return enough('requests', made, place.document)
    },
  },
  {
    name: '@mswjs/source',
    async make({ home, document }) {
      const { ok, output } = await run(process.execPath, ['count-handlers.mjs', document], home)
      return ok ? enough('handlers', Number(output.trim().split('\n').at(-1)), document) : lines(output)
    },
  },
]

function generator(name: string, file: string, args: (place: Place) => readonly string[]): Generator {
  return {
    name,
    async make(place) {
      const { ok, output } = await run(program(place.home, file), args(place), place.home)
      return ok ? [] : lines(output)
    },
  }
}

/** Runs a program to its end. */
export function run(file: string, args: readonly string[], cwd: string): Promise<{ ok: boolean; output: string }> {
  // They ask for news of themselves, and count those who use them.
  const env = { ...process.env, NO_COLOR: '1', DO_NOT_TRACK: '1', SCARF_ANALYTICS: 'false', NO_UPDATE_NOTIFIER: '1' }
  return new Promise((resolve) => {
    execFile(file, args, { cwd, env, timeout: 300_000, maxBuffer: 64 * 1024 * 1024, shell: process.platform === 'win32' }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}` })
    })
  })
}

function lines(output: string): string[] {
  const said = output.split('\n').filter((line) => line.trim() !== '')
  return said.length === 0 ? ['it failed without a word'] : said.slice(0, 20)
}

/** A tool that silently leaves operations out has not accepted the document. */
function enough(what: string, made: number, document: string): string[] {
  const { paths } = JSON.parse(readFileSync(document, 'utf8')) as { paths: Record<string, object> } // a bundled document of ours
  const wanted = Object.values(paths).flatMap((item) => Object.keys(item).filter((key) => ['get', 'post', 'put', 'patch', 'delete', 'head'].includes(key))).length
  return made >= wanted ? [] : [`${String(made)} ${what} of ${String(wanted)} operations`]
}
