/** The recipes of the documentation, each run as it is written there. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { blocksOf } from './support/markdown.js'
import { Project } from './support/project.js'
import { runRecipe } from './support/recipe.js'

const DOCUMENT = fileURLToPath(new URL('../docs/recipes.md', import.meta.url))

const recipes = blocksOf(await readFile(DOCUMENT, 'utf8'))
const project = await Project.make()
afterAll(() => project.remove())

test('there is a recipe for each of these, in the shell and with the test API', () => {
  const wanted = ['Log in as somebody', 'Expire a token', 'Kick a phone out', 'Maintenance', 'A slow network, or a broken one', 'The wrong SMS code', 'Parallel tests', 'A bug report as one file']
  for (const title of wanted) {
    expect(recipes.filter((recipe) => recipe.title === title).map(({ language }) => language), title).toEqual(expect.arrayContaining(['bash', 'ts']))
  }
})

// One script for each recipe, as one would go through it from top to bottom.
const shell = recipes.filter(({ language }) => language === 'bash')
for (const title of new Set(shell.map((recipe) => recipe.title))) {
  test(`${title}: in the shell`, async () => {
    await runRecipe(project, shell.filter((recipe) => recipe.title === title).map(({ code }) => code).join('\n'))
  })
}

test('with the test API', { timeout: 180_000 }, async () => {
  const files = recipes.filter(({ language }) => language === 'ts')
  for (const [index, { code }] of files.entries()) await project.write(`recipe-${index}.test.ts`, code)
  const { code, stdout, stderr } = await project.vitest('recipe-')
  expect(code, stdout + stderr).toBe(0)
  expect(stdout).toMatch(new RegExp(`Test Files +${files.length} passed`))
})

test('with the types of the package', { timeout: 180_000 }, async () => {
  const { stdout } = await project.compile()
  // The package's own sources come along; what is wrong with them is told elsewhere.
  expect(stdout).not.toMatch(/^(recipe-|error )/m)
})
