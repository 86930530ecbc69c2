/** Another kind of fault, as somebody adds one: to the contract and in one file, and nowhere else. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkWalls } from '../scripts/check/walls.js'
import { loadProject } from '../scripts/generate/load.js'
import { generate, writeFiles } from '../scripts/generate/project.js'
import { hasBrowser, openBrowser } from './support/browser.js'
import { beginProcess, type Ended, nodeFlags, type Running } from './support/cli.js'
import { copyRepository } from './support/repository.js'

const copy = mkdtempSync(join(tmpdir(), 'understudy-kind-'))
afterAll(async () => {
  story?.child.kill('SIGKILL')
  await story?.ended
  rmSync(copy, { recursive: true, force: true })
})

const SCHEMA = `    SaidTwiceFault:
      type: object
      title: 响应说两遍 · the answer is said twice
      x-words: ['{times} 遍，隔 {pause as span} · {times} times, {pause as span} apart', '{times} 遍 · {times} times']
      description: 响应体重复数次 · The answer's body comes several times
      required: [kind, times]
      additionalProperties: false
      properties:
        kind: { type: string, const: said-twice }
        times: { type: integer, minimum: 2, maximum: 9, title: 遍数 · How many times, examples: [2] }
        pause: { type: integer, minimum: 0, maximum: 1000, x-unit: milliseconds, description: 毫秒 · Milliseconds }
`

const KIND = `import type { FaultKind } from './kind.js'

export interface SaidTwiceFault {
  readonly kind: 'said-twice'
  readonly times: number
  readonly pause?: number
}

export const saidTwice: FaultKind<SaidTwiceFault> = {
  kind: 'said-twice',
  schema: 'SaidTwiceFault',
  role: 'delivery',
  misfit: ({ times, pause }) => (times === 5 && pause === 5 ? { detail: 'Five times five is too much.', line: 'fault is five times five' } : null),
  onCall: ({ times, pause = 0 }) => ({ wait: pause, spoil: (reply) => ({ ...reply, body: Buffer.concat(Array.from({ length: times }, () => Buffer.from(reply.body))) }) }),
  onFrame: ({ times }) => ({ spoil: (text) => text.repeat(times) }),
  flags: [{ name: 'said-twice', value: '<number>', description: 'say the answer so many times', read: (value) => ({ kind: 'said-twice', times: Number(value) }) }],
}
`

/** A story of it, which compiles only if its types are known. The stub stays, for those who drive it otherwise. */
const STORY = `import { createStub } from './src/index.js'
import { messageOf } from './src/plain/message.js'

const network = (rule: object) => createStub({ systems: ['live'], networks: { cave: [JSON.parse(JSON.stringify(rule))] } }).then(() => '', messageOf)

const stub = await createStub({ systems: ['live'], networks: { cave: [{ fault: { kind: 'said-twice', times: 3 } }] } })
const box = await stub.sandbox('default')
const ask = async () => (await fetch(box.baseUrl('live') + '/auth/code?mobile=13800003001')).text()
await box.faults.next('live', 'liveSendCode', { kind: 'said-twice', times: 2, pause: '1ms' })
const said = [await ask(), await ask()]
await box.network.use('cave')
said.push(await ask())
await box.network.off()
await box.faults.clear()
const refused = [
  await box.faults.add({ fault: { kind: 'said-twice', times: 5, pause: 5 } }).then(() => '', messageOf),
  await network({ fault: { kind: 'said-twice', times: 5, pause: 5 } }),
  await network({ fault: { kind: 'said-twice', times: 2, puase: 5 } }),
  await network({ fault: { kind: 'said-twise' } }),
]
// @ts-expect-error it has no such field
void ((): unknown => box.faults.add({ fault: { kind: 'said-twice', times: 2, puase: 5 } }))
console.log(JSON.stringify({ url: stub.url, said, refused }))
`

let story: Running | undefined

beforeAll(async () => {
  copyRepository(copy)
  writeFileSync(join(copy, 'src/core/faults/said-twice.ts'), KIND)
  const contract = readFileSync(join(copy, 'openapi/control.yaml'), 'utf8')
  writeFileSync(join(copy, 'openapi/control.yaml'), contract
    .replaceAll(/^( +)- \$ref: '#\/components\/schemas\/DropFault'\n/gm, "$&$1- $ref: '#/components/schemas/SaidTwiceFault'\n")
    .replaceAll(/^( +)drop: '#\/components\/schemas\/DropFault'\n/gm, "$&$1said-twice: '#/components/schemas/SaidTwiceFault'\n")
    .replace('    DropFault:\n', `${SCHEMA}$&`))
  expect(await generateIn(copy)).toEqual([])
  writeFileSync(join(copy, 'story.ts'), STORY)
  writeFileSync(join(copy, 'tsconfig.story.json'), JSON.stringify({ extends: './tsconfig.json', include: ['src', 'story.ts'], exclude: ['src/console'] }))
  story = beginProcess(process.execPath, [...nodeFlags, 'story.ts'], { cwd: copy })
}, 120_000)

/** What the story has told so far. */
async function told(): Promise<{ readonly url: string }> {
  if (story === undefined) throw new Error('it has not begun')
  const [line] = await story.says(/^\{.*\}$/m)
  return JSON.parse(line) as { url: string } // what it prints
}

test('a kind that is added to the contract and in one file compiles, and a story is told with it', async () => {
  const compiled = await Promise.all(['tsconfig.story.json', 'tsconfig.browser.json'].map((config) => tool('typescript/bin/tsc', '--noEmit', '-p', config)))
  expect(compiled.map(({ stdout }) => stdout)).toEqual(['', ''])
  expect(checkWalls(loadProject(copy))).toEqual([])
  const once = '{"code":2000,"desc":"ok"}'
  expect(await told()).toMatchObject({
    said: [once.repeat(2), once, once.repeat(3)],
    refused: [
      'Five times five is too much.',
      'networks.cave[0]: fault is five times five',
      'networks.cave[0]: fault.puase is not known here. Did you mean "pause"?',
      expect.stringContaining('Did you mean "said-twice"?'),
    ],
  })
}, 300_000)

test('ctl has a flag for it, and calls what is wrong by this flag', async () => {
  const { url } = await told()
  const add = (...args: string[]) => tool('tsx/dist/cli.mjs', 'src/cli.ts', 'ctl', '--url', url, '--sandbox', 'ctl', 'faults', 'add', ...args)
  expect((await add('--help')).stdout).toContain('--said-twice <number>   say the answer so many times\n')
  expect(await add('--said-twice', '3')).toMatchObject({ code: 0, stdout: expect.stringContaining('said-twice times=3') as string })
  expect((await add('--said-twice', '1')).stderr).toContain('--said-twice must be >= 2')
  expect((await add('--said-twice', '3', '--drop')).stderr).toContain("option '--drop' cannot be used with option '--said-twice <number>'")
}, 120_000)

test.skipIf(!hasBrowser).each([
  { locale: 'en-US', title: 'the answer is said twice', label: 'How many times', often: '4', arm: 'Arm', words: '4 times' },
  { locale: 'zh-CN', title: '响应说两遍', label: '遍数', often: '6', arm: '布置', words: '6 遍' },
])('the console asks for it and tells of it, $locale', async ({ locale, title, label, often, arm, words }) => {
  const { url } = await told()
  expect(await tool('tsx/dist/cli.mjs', 'scripts/build-console.ts')).toMatchObject({ code: 0 })
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ locale })
    await page.goto(`${url}/__console/faults`)
    await page.locator('form.card select').nth(1).selectOption(title)
    const times = page.getByLabel(label)
    expect(await times.inputValue()).toBe('2')
    await times.fill(often)
    await page.getByRole('button', { name: arm, exact: true }).click()
    await page.getByText(words, { exact: true }).waitFor()
  } finally {
    await browser.close()
  }
}, 120_000)

async function generateIn(root: string): Promise<readonly string[]> {
  const generated = await generate(loadProject(root), undefined, ['control'])
  writeFiles(root, generated)
  return generated.problems
}

/** Runs one of the tools that are installed here, in the copy. */
function tool(file: string, ...args: readonly string[]): Promise<Ended> {
  return beginProcess(process.execPath, [fileURLToPath(new URL(`../node_modules/${file}`, import.meta.url)), ...args], { cwd: copy }).ended
}
