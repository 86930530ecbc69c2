/** All checks of the contract, in the order in which they are worth reading. */
import { answerProblems } from '../generate/answers.js'
import { loadProject } from '../generate/load.js'
import { findStale, generate } from '../generate/project.js'
import { reviewProblems } from '../review/files.js'
import { checkCircles } from './circles.js'
import { checkDocuments } from './documents.js'
import { checkErrors } from './errors.js'
import { checkExamples } from './examples.js'
import { checkFixtures } from './fixtures.js'
import { checkOperations } from './operations.js'
import { lintDocuments } from './redocly.js'
import { checkWalls } from './walls.js'

/** What a check found; it holds where there are no problems. */
interface Check {
  readonly name: string
  readonly problems: readonly string[]
}

/**
 * Runs every check on a project folder.
 * @param at told what is looked at next
 * @throws Error only where the folder is none: there is no openapi/ in it.
 */
export async function checkProject(root: string, at: (step: string) => void = () => undefined): Promise<Check[]> {
  const project = loadProject(root)
  const generated = await generate(project, at)
  const stale = findStale(root, generated).map(({ file, why }) => `${file}: ${why}; run npm run generate`)
  const checks: readonly (readonly [name: string, check: () => readonly string[]])[] = [
    ['the documents can be read and generated from', () => generated.problems],
    ['generated files are up to date', () => stale],
    ['Redocly accepts the documents, handwritten and bundled', () => lintDocuments(root)],
    ['error tables are complete and used', () => checkErrors(project)],
    ['operations are described', () => checkOperations(project)],
    ['nothing is left over or half said', () => checkDocuments(project)],
    ['examples are valid', () => checkExamples(project)],
    ['fixtures are valid', () => checkFixtures(project)],
    ['the contract follows the answers of the backend team', () => project.systems.flatMap(({ system, answers }) => answerProblems(system, answers))],
    ['the review is up to date', () => reviewProblems(project)],
    ['the walls stand', () => checkWalls(project)],
    ['no imports go round in a circle', () => checkCircles(root)],
  ]
  return checks.map(([name, check]) => {
    at(name)
    return { name, problems: check() }
  })
}
