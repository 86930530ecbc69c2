/** The console as a browser loads it: one script, one style sheet, one page. Rolldown alone does it, in a fraction of a second. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'

const SOURCE = 'src/console'

/**
 * @param folder takes the files
 * @throws Error when the sources do not compile
 */
export async function buildConsole(folder: string): Promise<void> {
  const { output } = await build({
    input: join(SOURCE, 'main.tsx'),
    platform: 'browser',
    tsconfig: 'tsconfig.browser.json',
    transform: { target: 'es2023' },
    output: { format: 'esm', minify: true, codeSplitting: false, comments: false },
    write: false,
    logLevel: 'warn',
  })
  const styles = readdirSync(join(SOURCE, 'styles')).sort().map((file) => readFileSync(join(SOURCE, 'styles', file), 'utf8'))
  const files = new Map<string, string>([
    ['console.js', output[0].code],
    ['console.css', styles.join('').replaceAll(/\/\*.*?\*\/\n?|^ +/gms, '')],
    ['icon.svg', readFileSync(join(SOURCE, 'icon.svg'), 'utf8')],
  ])
  // A browser keeps what it has loaded until the page asks for another version.
  const page = [...files].reduce((text, [name, content]) => text.replaceAll(`/__console/${name}`, `/__console/${name}?${versionOf(content)}`), readFileSync(join(SOURCE, 'index.html'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of files.set('index.html', page)) writeFileSync(join(folder, name), content)
}

function versionOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 10)
}
