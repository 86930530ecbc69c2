/** The files of the review, and whether those in a project folder are what they would be now. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../generate/load.js'
import { htmlPage } from './html.js'
import { markdownPages } from './markdown.js'
import { reviewOf } from './model.js'

const FOLDER = 'docs/review'

/** Text by path from the project folder. Throws ContractError where a document does not follow the convention. */
export function reviewFiles(project: Project): Map<string, string> {
  const review = reviewOf(project)
  return new Map([...markdownPages(review), ['index.html', htmlPage(review)] as const].map(([name, text]) => [`${FOLDER}/${name}`, text]))
}

/** The files that differ from what they would be now. A project without a review has none that is stale, one that cannot be read is told of elsewhere. */
export function staleReview(project: Project): string[] {
  if (!existsSync(join(project.root, FOLDER)) || project.problems.length > 0) return []
  return differences(project.root, reviewFiles(project))
}

/** Writes the review; returns what changed. */
export function writeReview(project: Project): string[] {
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
