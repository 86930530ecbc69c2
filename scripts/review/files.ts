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
import { addReply, noteAsked, type Sender } from './reply.js'

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
 * Takes in a reply, numbers what has no number, notes what answers answer, and writes the review. All that stands in the documents, so what is
 * generated from them is brought up to date.
 * @param reply lines as `edu-q12 是`; empty where there is none
 * @returns the files that changed, by path from the project folder
 * @throws ContractError with every problem, if the project cannot be read or the reply not understood
 */
export async function writeReview(root: string, reply = '', sender: Sender = { who: '', when: '' }): Promise<string[]> {
  const project = readable(loadProject(root))
  const replied = reply.trim() === '' ? [] : addReply(project, reply, sender)
  const written = [...replied, ...project.systems.flatMap(({ system }) => numberQuestions(root, system))]
  const numbered = written.length === 0 ? project : readable(loadProject(root))
  const noted = noteAsked(numbered)
  const now = noted.length === 0 ? numbered : readable(loadProject(root))
  const isStale = now.systems.some(({ system: { id }, bundled }) => !sameFile(join(root, 'openapi/bundled', `${id}.json`), `${JSON.stringify(bundled, null, 2)}\n`))
  const generated = isStale ? writeFiles(root, await generate(now)).map(({ file }) => file) : []
  return [...new Set([...written, ...noted, ...generated, ...writePages(now)])]
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
  const changed = [...files].filter(([file, text]) => !sameFile(join(root, file), text))
  return [...changed.map(([file]) => file), ...left]
}

function sameFile(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === text
}
