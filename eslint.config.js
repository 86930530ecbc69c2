import { readdirSync } from 'node:fs'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const TYPESCRIPT = ['**/*.ts', '**/*.tsx']

/** Folders of src/systems, each a system of its own. */
const systems = readdirSync(new URL('src/systems', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

/** Nothing under src may need what only a developer has. */
const NO_SCRIPTS = { regex: '(^|/)scripts/', message: 'What is shipped does not import scripts.' }

/** A wall: files in `folder` do not import what the patterns match. ESLint lets the last entry for a file win, so each is complete. */
function wall(folder, ...patterns) {
  return { files: [`src/${folder}/**/*.ts`], rules: { 'no-restricted-imports': ['error', { patterns: [NO_SCRIPTS, ...patterns] }] } }
}

function systemWall(id) {
  const others = systems.filter((other) => other !== id).join('|')
  const message = 'No system knows another.'
  return wall(
    `systems/${id}`,
    ...(others === '' ? [] : [{ regex: `(^|/)(${others})/`, message }, { regex: `/contract/(${others})\\.`, message }]),
    { regex: '/control/', message: 'A system knows the core and its own contract.' },
  )
}

// Time and chance belong to the sandbox, so that the same calls give the same answers.
const CLOCK = 'Time comes from the sandbox’s clock (src/core/clock).'
const CHANCE = 'Ids, tokens and random choices come from the sandbox’s generator (src/core/ids).'

const TIME_AND_CHANCE = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: CLOCK },
  { selector: 'CallExpression[callee.name="Date"]', message: CLOCK },
  { selector: 'Identifier[name=/^(hrtime|performance)$/]', message: CLOCK },
  { selector: 'Identifier[name=/^(randomUUID|randomBytes|randomInt|randomFillSync|getRandomValues)$/]', message: CHANCE },
]

export default defineConfig(
  // scripts/new-system/ holds templates: their names are filled in before they are code.
  globalIgnores(['dist/', 'dist.*/', 'coverage/', '.stryker-tmp/', 'openapi/bundled/', 'src/generated/', 'bench/.peers/', 'test/sample-app/', 'test/generators/', 'scripts/new-system/']),
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'no-restricted-imports': ['error', { patterns: [] }],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-explicit-any': 'error',
      // `_` says that a value is left out on purpose.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // A number in a message reads as one expects.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The store and the handlers are asynchronous by interface, whether or not an implementation waits for anything.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_SCRIPTS] }] },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    // The clients in src/contract run in an app, by its device's clock.
    ignores: ['src/core/clock*', 'src/core/clock/**', 'src/core/ids*', 'src/core/ids/**', 'src/contract/clients/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: CLOCK },
        { object: 'performance', property: 'now', message: CLOCK },
        { object: 'process', property: 'hrtime', message: CLOCK },
        { object: 'Math', property: 'random', message: CHANCE },
      ],
      'no-restricted-syntax': ['error', ...TIME_AND_CHANCE],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    ignores: ['src/cli/output.ts'],
    rules: { 'no-restricted-syntax': ['error', ...TIME_AND_CHANCE, { selector: 'MemberExpression[property.name="write"][object.property.name=/^std(out|err)$/], MemberExpression[object.name="console"]', message: 'Commands print through src/cli/output.ts, which lets nothing through that steers a terminal.' }] },
  },
  wall(
    'core',
    { regex: '(^|/)(systems|control)/', message: 'The core serves every system and knows none.' },
    { regex: '/contract/|/generated/(?!conditions\\.|fault-kinds\\.)', message: 'Of what is generated the core knows the shared conditions and the table of its own faults only.' },
  ),
  wall(
    'control',
    { regex: '(^|/)systems/', message: 'The control plane serves every system and knows none.' },
    { regex: '/contract/|/generated/(?!conditions\\.|control/)', message: 'The control plane knows its own contract and the shared conditions.' },
  ),
  wall(
    'errors',
    { regex: '^node:', message: 'Error names are used in browsers.' },
    { regex: '^(?!\\./|\\.\\./generated/[\\w-]+\\.js$|\\.\\./plain/)', message: 'Error names import generated data and plain helpers only.' },
  ),
  wall('plain', { regex: '^(?!\\./)', message: 'What is plain needs nothing, so that everybody may have it.' }),
  ...systems.map(systemWall),
  {
    // Tests look into everything, and a test runner's `expect(x.y)` is no call of an unbound method.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // What must not compile is written down as such, with the reason.
    files: ['test/types/**/*.test-d.ts'],
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
    },
  },
)
