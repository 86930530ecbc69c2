/** What the usual rules say of a document, but for what cannot be otherwise. */
import { join } from 'node:path'
import { run } from './generators.js'

interface Place {
  readonly home: string
  readonly root: string
  readonly document: string
}

interface Linter {
  readonly name: string
  /** @returns what is wrong, line by line */
  readonly lint: (place: Place) => Promise<string[]>
}

interface Complaint {
  readonly rule: string
  readonly text: string
}

/** A rule that is not kept, and why. One that no document breaks any more is stale. */
const EXEMPTIONS: readonly { readonly rule: string; readonly text?: RegExp; readonly reason: string }[] = [
  { rule: 'no-path-trailing-slash', reason: 'the paths are the backend team’s' },
  { rule: 'path-keys-no-trailing-slash', reason: 'the paths are the backend team’s' },
  { rule: 'operation-4xx-response', reason: 'some backends answer every failure with HTTP 200' },
  { rule: 'no-server-example.com', reason: 'the server is the stand-in on the reader’s own machine' },
  { rule: 'info-contact', reason: 'there is nobody to name' },
  { rule: 'no-unused-components', reason: 'the error table and the bases of failures are named by extensions' },
  { rule: 'oas3-unused-component', reason: 'the error table and the bases of failures are named by extensions' },
  { rule: 'oas3-valid-media-example', text: /\\p\{L\}/, reason: 'a pattern of JSON Schema is read as Unicode; Spectral reads it otherwise' },
]
const used = new Set<(typeof EXEMPTIONS)[number]>()

export const LINTERS: readonly Linter[] = [
  {
    name: 'Redocly, recommended',
    lint: async ({ root, document }) => {
      // From a folder without a configuration: the rules are theirs alone.
      const { output } = await run(process.execPath, [join(root, 'node_modules/@redocly/cli/bin/cli.js'), 'lint', document, '--extends', 'recommended', '--format', 'json'], join(root, 'test/generators'))
      const { problems } = parse(output) as { problems: { ruleId: string; message: string; location: { pointer: string }[] }[] } // Redocly's format
      return unexempt(problems.map(({ ruleId, message, location }) => ({ rule: ruleId, text: `${message} ${location[0]?.pointer ?? ''}` })))
    },
  },
  {
    name: 'Spectral, oas',
    lint: async ({ home, document }) => {
      const { output } = await run(join(home, 'node_modules/.bin/spectral'), ['lint', document, '--ruleset', 'spectral.yaml', '--format', 'json', '--quiet'], home)
      const problems = parse(output) as { code: string; message: string; path: string[] }[] // Spectral's format
      return unexempt(problems.map(({ code, message, path }) => ({ rule: code, text: `${message} ${path.join('.')}` })))
    },
  },
]

/** Exemptions that nothing needed; asked when all is done. */
export function unusedExemptions(): string[] {
  return EXEMPTIONS.filter((exemption) => !used.has(exemption)).map(({ rule }) => `nothing breaks ${rule} any more`)
}

function unexempt(complaints: readonly Complaint[]): string[] {
  return complaints.filter((complaint) => {
    const exemption = EXEMPTIONS.find(({ rule, text }) => rule === complaint.rule && (text === undefined || text.test(complaint.text)))
    if (exemption !== undefined) used.add(exemption)
    return exemption === undefined
  }).map(({ rule, text }) => `${rule}: ${text}`)
}

/** The JSON among what a program printed. */
function parse(output: string): unknown {
  const start = output.search(/^[{[]/m)
  const end = Math.max(output.lastIndexOf('\n}'), output.lastIndexOf('\n]'), output.lastIndexOf('[]'))
  return JSON.parse(output.slice(start, end + 2))
}
