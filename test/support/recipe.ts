/** Recipes of the documentation, run as they stand there. */
import { expect } from 'vitest'
import type { Project } from './project.js'

/** Runs a recipe in the shell beside a stub of its own; what it promises (`#> …`) has to come, in that order and in any case of letters. */
export async function runRecipe(project: Project, recipe: string): Promise<void> {
  const file = await project.write('recipe.sh', `set -eu\n${recipe}`)
  const { code, stdout, stderr } = await project.run('understudy', ['exec', '--', 'bash', file])
  expect([code, stderr], stdout).toEqual([0, ''])
  let rest = stdout
  for (const [, promised = ''] of recipe.matchAll(/^#> (.*)$/gm)) {
    expect(rest.toLowerCase(), stdout).toContain(promised.toLowerCase())
    rest = rest.slice(rest.toLowerCase().indexOf(promised.toLowerCase()) + promised.length)
  }
}
