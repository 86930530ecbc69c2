/** The files of the review, and whether those in a project folder are what they would be now. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadProject, type Project } from '../generate/load.js'
import { generate, writeFiles } from '../generate/project.js'
import { ContractError } from '../generate/json.js'
import { htmlPage } from './html.js'
import { markdownPages } from './markdown.js'
import { reviewOf } from './model.js'
import { numberProblems, numberQuestions } from './number.js'

const FOLDER = 'docs/review'

/** Text by path from the project folder. Throws ContractError where a document does not follow the convention. */
export function reviewFiles(project: Project): Map<string, string> {
  const review = reviewOf(project)
  return new Map([...markdownPages(review), ['index.html', htmlPage(review)] as const].map(([name, text]) => [`${FOLDER}/${name}`, text]))
}

/** What is wrong with the review in the folder. A project without a review has none that is stale, one that cannot be read is told of elsewhere. */
export function reviewProblems(project: Project): string[] {
  if (!existsSync(join(project.root, FOLDER)) || project.problems.length > 0) return []
  return [...numberProblems(project), ...differences(project.root, reviewFiles(project)).map((file) => `${file}: changed; run npm run review`)]
}

/**
 * Numbers what has no number yet, and writes the review. Numbers stand in the documents, so what is generated from those is brought up to date with them.
 * @returns the files that changed, by path from the project folder
 * @throws ContractError with every problem, if the project cannot be read
 */
export async function writeReview(root: string): Promise<string[]> {
  const project = readable(loadProject(root))
  const numbered = project.systems.flatMap(({ system }) => numberQuestions(root, system))
  if (numbered.length === 0) return writePages(project)
  const again = readable(loadProject(root))
  return [...numbered, ...writeFiles(root, await generate(again)).map(({ file }) => file), ...writePages(again)]
}

function readable(project: Project): Project {
  if (project.problems.length > 0) throw new ContractError(project.problems.join('\n'))
  return project
}

function writePages(project: Project): string[] {
  const files = reviewFiles(project)
  mkdirSync(join(project.root, FOLDER), { recursive: true })
  const stale = differences(project.root, files)
  for (const file of stale) {
    const text = files.get(file)
    if (text === undefined) rmSync(join(project.root, file))
    else writeFileSync(join(project.root, file), text)
  }
  return stale
}

function differences(root: string, files: ReadonlyMap<string, string>): string[] {
  const left = readdirSync(join(root, FOLDER)).map((name) => `${FOLDER}/${name}`).filter((file) => !files.has(file))
  const changed = [...files].filter(([file, text]) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text)
  return [...changed.map(([file]) => file), ...left]
}
