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
 * @throws Error only where the folder is none: there is no openapi/ in it.
 */
export async function checkProject(root: string): Promise<Check[]> {
  const project = loadProject(root)
  const generated = await generate(project)
  const stale = findStale(root, generated).map(({ file, why }) => `${file}: ${why}; run npm run generate`)
  return [
    { name: 'the documents can be read and generated from', problems: generated.problems },
    { name: 'generated files are up to date', problems: stale },
    { name: 'Redocly accepts the documents, handwritten and bundled', problems: lintDocuments(root) },
    { name: 'error tables are complete and used', problems: checkErrors(project) },
    { name: 'operations are described', problems: checkOperations(project) },
    { name: 'nothing is left over or half said', problems: checkDocuments(project) },
    { name: 'examples are valid', problems: checkExamples(project) },
    { name: 'fixtures are valid', problems: checkFixtures(project) },
    { name: 'the contract follows the answers of the backend team', problems: project.systems.flatMap(({ system, answers }) => answerProblems(system, answers)) },
    { name: 'the review is up to date', problems: reviewProblems(project) },
    { name: 'the walls stand', problems: checkWalls(project) },
    { name: 'no imports go round in a circle', problems: checkCircles(root) },
  ]
}
