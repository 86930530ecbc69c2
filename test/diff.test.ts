/** What `understudy diff` says of each kind of change, and how it is asked. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { reportOf } from '../src/cli/diff.js'
import { compare } from '../src/cli/diff/compare.js'
import { pairs, readSide } from '../src/cli/diff/side.js'
import { cliFile } from './support/cli.js'
import { changesOf, rowOf, type Shop, shop, sideOf } from './support/diff.js'
import { MadeUp } from './support/made-up.js'

type Edit = (document: Shop) => void

const orders = (document: Shop) => document.paths['/orders'].get
const login = (document: Shop) => document.paths['/login'].post
const table = (document: Shop) => document.components.schemas.ErrorCode

/** Every change a person may make, with what is said of it. */
const breaking: readonly (readonly [what: string, kind: string, where: string, edit: Edit])[] = [
  ['a constant is removed', 'error-removed', 'TOO_OFTEN', (d) => { table(d).oneOf.pop() }],
  ['a constant is renamed', 'error-renamed', 'TOO_OFTEN', (d) => { rowOf(d, 'TOO_OFTEN').title = 'SLOW_DOWN' }],
  ['a constant has another code', 'code-changed', 'TOO_OFTEN', (d) => { rowOf(d, 'TOO_OFTEN').const = 5 }],
  ['a code has another meaning', 'code-meaning-changed', '4', (d) => { rowOf(d, 'TOO_OFTEN')['x-condition'] = 'smsTooFrequent' }],
  ['a code means two things', 'code-meaning-changed', '3', (d) => { table(d).oneOf.push({ ...rowOf(d, 'TOO_OFTEN'), const: 3, title: 'NO_SUCH_USER', 'x-condition': 'userNotFound' }) }],
  ['a constant has another code and means something else', 'condition-changed', 'TOO_OFTEN', (d) => { Object.assign(rowOf(d, 'TOO_OFTEN'), { const: 9, 'x-condition': 'banned' }) }],
  ['an error comes with another HTTP status', 'error-status-changed', 'NOT_LOGGED_IN', (d) => { rowOf(d, 'NOT_LOGGED_IN')['x-status'] = 401 }],
  ['an operation may fail in a new way', 'operation-error-added', 'TOO_OFTEN', (d) => { orders(d)['x-errors'].push('TOO_OFTEN') }],
  ['an operation wants a login', 'auth-stricter', 'shopOrders', (d) => { orders(d).security = [{ token: [] }] }],
  ['an operation shuts a role out', 'roles-stricter', 'shopOrders', (d) => { orders(d)['x-roles'] = ['seller'] }],
  ['an operation that took any role takes one', 'roles-stricter', 'shopLogin', (d) => { login(d)['x-roles'] = ['buyer'] }],
  ['an operation is removed', 'operation-removed', 'shopOrders', (d) => { Reflect.deleteProperty(d.paths, '/orders') }],
  ['an operation is renamed', 'operation-renamed', 'shopOrders', (d) => { orders(d).operationId = 'shopListOrders' }],
  ['an operation moves', 'operation-moved', 'shopOrders', (d) => { Object.assign(d.paths, { '/order/list': d.paths['/orders'] }); Reflect.deleteProperty(d.paths, '/orders') }],
  ['the envelope changes', 'dialect-changed', 'x-dialect', (d) => { d['x-dialect'].payload = { under: 'result' } }],
  ['the credential travels elsewhere', 'credentials-changed', 'securitySchemes', (d) => { d.components.securitySchemes.token.in = 'query' }],
  ['a request field becomes required (Redocly)', 'required-properties-added', 'POST /login requestBody.required', (d) => { login(d).requestBody.content['application/json'].schema.required.push('password') }],
  ['a request field becomes narrower (Redocly)', 'schema-constraint-changed', 'POST /login requestBody.name.maxLength', (d) => { login(d).requestBody.content['application/json'].schema.properties.name.maxLength = 10 }],
  ['an answer loses a field (Redocly)', 'property-removed', 'LoginSuccess.token', (d) => { Reflect.deleteProperty(d.components.schemas.LoginSuccess.properties, 'token') }],
  ['an answer has a new value (Redocly)', 'enum-values-added', 'OrdersSuccess.state.enum', (d) => { d.components.schemas.OrdersSuccess.properties.state.enum.push('lost') }],
]

const harmless: readonly (readonly [what: string, kind: string, where: string, edit: Edit])[] = [
  ['a constant is new and no operation has it', 'error-added', 'LOST', (d) => { table(d).oneOf.push({ ...rowOf(d, 'TOO_OFTEN'), const: 5, title: 'LOST', 'x-condition': 'notFound' }) }],
  ['an error is described in other words', 'error-wording-changed', 'TOO_OFTEN', (d) => { rowOf(d, 'TOO_OFTEN').description = '太频繁' }],
  ['the default text of an error changes', 'error-message-changed', 'TOO_OFTEN', (d) => { rowOf(d, 'TOO_OFTEN')['x-message'] = 'slow down' }],
  ['an operation fails in one way less', 'operation-error-removed', 'WRONG_PASSWORD', (d) => { login(d)['x-errors'] = ['BAD_REQUEST'] }],
  ['the order of checks changes', 'error-order-changed', 'shopLogin', (d) => { login(d)['x-errors'].reverse() }],
  ['an operation asks for less', 'auth-changed', 'shopOrders', (d) => { orders(d).security = [] }],
  ['an operation looks at a credential it ignored', 'auth-changed', 'shopLogin', (d) => { login(d).security = [{}, { token: [] }] }],
  ['an operation lets a role in', 'roles-changed', 'shopOrders', (d) => { orders(d)['x-roles'].push('visitor') }],
  ['the provenance changes', 'provenance-changed', 'shopOrders', (d) => { orders(d)['x-provenance'] = 'seed' }],
  ['an operation is new', 'operation-added', 'shopLogout', (d) => { Object.assign(d.paths, { '/logout': { post: { ...login(d), operationId: 'shopLogout' } } }) }],
  ['a decision is taken', 'decision-added', 'Pages', (d) => { d['x-decision'].push({ topic: 'Pages', says: 'Nothing.', reading: 'From 1.', readingZh: '从 1 开始。' }) }],
  ['a decision is taken back', 'decision-removed', 'Time zone', (d) => { d['x-decision'].pop() }],
  ['a decision changes', 'decision-changed', 'Time zone', (d) => { Object.assign(d['x-decision'][0] ?? {}, { reading: 'UTC' }) }],
  ['an answer has a new field (Redocly)', 'Schema-added', 'LoginSuccess.expires', (d) => { Object.assign(d.components.schemas.LoginSuccess.properties, { expires: { type: 'integer' } }) }],
  ['a summary changes (Redocly)', 'Operation-modified', 'POST /login', (d) => { login(d).summary = '登录 · Sign in' }],
]

/** Whatever is said is said in both languages. */
async function told(edit: Edit) {
  const changes = await changesOf(edit)
  for (const { text } of changes) expect(text).toEqual({ en: expect.stringMatching(/[A-Za-z]/) as string, zh: expect.stringMatching(/\p{Script=Han}/u) as string })
  return changes
}

describe('breaking', () => {
  test.each(breaking)('%s', async (_what, kind, where, edit) => {
    expect(await told(edit)).toContainEqual(expect.objectContaining({ breaking: true, kind, where }))
  })
})

describe('not breaking, but said', () => {
  test.each(harmless)('%s', async (_what, kind, where, edit) => {
    const changes = await told(edit)
    expect(changes).toContainEqual(expect.objectContaining({ breaking: false, kind, where }))
    expect(changes.filter((change) => change.breaking)).toEqual([])
  })
})

test('an error that is spelled out at ten operations is told of once, and not by Redocly again', async () => {
  const changes = await changesOf((document) => {
    for (const operation of [login(document), orders(document)]) {
      operation['x-errors'].push('TOO_OFTEN')
      const { oneOf } = (operation.responses as { '200': { content: { 'application/json': { schema: { oneOf: object[] } } } } })['200'].content['application/json'].schema
      oneOf.unshift({ $ref: '#/components/schemas/TooOftenFailure' })
    }
    Object.assign(document.components.schemas, { TooOftenFailure: { title: 'TOO_OFTEN', type: 'object', properties: { code: { const: 4 } } } })
  })
  expect(changes).toHaveLength(1)
  expect(changes[0]).toMatchObject({ kind: 'operation-error-added', where: 'TOO_OFTEN', text: { en: 'may now be the answer of shopLogin, shopOrders' } })
})

test('two constants that swap their codes are not overlooked', async () => {
  const changes = await changesOf((document) => {
    rowOf(document, 'WRONG_PASSWORD').const = 3
    rowOf(document, 'NOT_LOGGED_IN').const = 2
  })
  expect(changes.map(({ kind, where }) => `${kind} ${where}`)).toEqual(['code-meaning-changed 2', 'code-meaning-changed 3', 'code-changed WRONG_PASSWORD', 'code-changed NOT_LOGGED_IN'])
})

test('the same contract twice has no changes', async () => {
  expect(await compare(sideOf(shop()), sideOf(shop()))).toEqual([])
  expect(reportOf([], 'en')).toBe('The contracts are the same.\n')
  expect(reportOf([], 'zh')).toBe('契约没有改动。\n')
})

test('what clients are advised to do about a condition is part of the contract', async () => {
  const conditions = (advice: string) => new Map([['banned', { meaning: 'Blocked', advice }]])
  expect(await compare(sideOf(shop(), conditions('showMessage')), sideOf(shop(), conditions('relogin')))).toMatchObject([{ system: 'conditions', changes: [{ breaking: true, kind: 'advice-changed', where: 'banned' }] }])
  expect(await compare(sideOf(shop(), conditions('showMessage')), sideOf(shop(), new Map([['other', { meaning: 'Other', advice: 'none' }]])))).toMatchObject([
    { changes: [{ breaking: true, kind: 'condition-removed' }, { breaking: false, kind: 'condition-added' }] },
  ])
})

describe('sides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-diff-test-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const run = (...args: string[]) => spawnSync(process.execPath, [cliFile, 'diff', ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
  const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder })
  const write = (file: string, edit: Edit = () => undefined) => {
    const document = shop()
    edit(document)
    writeFileSync(join(folder, file), JSON.stringify(document))
  }

  test('are files, folders and git revisions; the exit code says whether anything broke', () => {
    mkdirSync(join(folder, 'openapi/bundled'), { recursive: true })
    git('init', '--quiet')
    write('openapi/bundled/shop.json')
    git('add', '.')
    git('commit', '--quiet', '--message', 'one')
    write('openapi/bundled/shop.json', (document) => { rowOf(document, 'TOO_OFTEN')['x-condition'] = 'smsTooFrequent' })
    write('shop-old.json')

    const since = run('HEAD', '.')
    expect(since).toMatchObject({ status: 1, stderr: '' })
    expect(since.stdout).toBe('HEAD: openapi/bundled/*.json (1 document)\n.: openapi/bundled/*.json (1 document)\n\nshop 1 breaking, 0 other\n  ✗ 4: the code meant tooFrequent and means smsTooFrequent now\n\nin all: 1 breaking, 0 other\n')
    expect(run('HEAD', '.', '--lang', 'zh').stdout).toContain('4：错误码的含义由 tooFrequent 变为 smsTooFrequent')
    expect(JSON.parse(run('HEAD:openapi/bundled/shop.json', 'openapi/bundled/shop.json', '--json').stdout)).toMatchObject({ read: { old: 'HEAD:openapi/bundled/shop.json', new: 'openapi/bundled/shop.json' }, breaking: true, systems: [{ system: 'shop' }] })
    expect(run('shop-old.json', 'HEAD')).toMatchObject({ status: 0, stdout: 'shop-old.json\nHEAD: openapi/bundled/*.json (1 document)\n\nThe contracts are the same.\n' })
    expect(run('nowhere.json', 'HEAD')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('nowhere.json is neither a file nor a git revision') as string })
  })

  test('are the handwritten documents of a project: an edit is seen before anything is generated from it', () => {
    const project = new MadeUp()
    const inProject = (...args: string[]) => spawnSync(process.execPath, [cliFile, 'diff', ...args], { cwd: project.root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
    try {
      // As it was generated once, and is not again below.
      project.write('openapi/bundled/shop.json', JSON.stringify(shop()))
      for (const args of [['init', '--quiet'], ['add', 'openapi'], ['commit', '--quiet', '--message', 'one']]) execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: project.root })
      const read = 'HEAD: openapi/*.yaml (2 documents)\n.: openapi/*.yaml (2 documents)\n\n'
      expect(inProject('HEAD', '.')).toMatchObject({ status: 0, stdout: `${read}The contracts are the same.\n` })

      project.edit('openapi/shop.yaml', 'const: 2, title: GONE', 'const: 9, title: GONE')
      project.edit('openapi/shop/item.yaml', 'required: [id, name, price]', 'required: [id, name]')
      project.edit('openapi/conditions.yaml', 'notFound: { meaning: { en: Not there, zh: 不存在 }, advice: none,', 'notFound: { meaning: { en: Not there, zh: 不存在 }, advice: fixInput,')
      const { status, stdout } = inProject('HEAD', '.')
      expect(status).toBe(1)
      expect(stdout).toContain(`${read}shop 2 breaking`)
      expect(stdout).toContain('✗ GONE: its code was 2 and is 9')
      expect(stdout).toContain('required')
      expect(stdout).toContain('✗ notFound: clients were advised none and are advised fixInput now')
    } finally {
      project.remove()
    }
  })

  test('may be written by hand, in several files', async () => {
    const file = fileURLToPath(new URL('../openapi/edu.yaml', import.meta.url))
    const side = await readSide(file)
    const bundled = await readSide(fileURLToPath(new URL('../openapi/bundled/edu.json', import.meta.url)))
    const changed = await compare(side, bundled)
    // The bundled document says the same of operations and errors; only spelled-out answers are more.
    expect(changed.flatMap(({ changes }) => changes.filter((change) => change.breaking))).toEqual([])
  })

  test('may be the unified document, which falls into its systems', async () => {
    const side = await readSide(fileURLToPath(new URL('../openapi/bundled/understudy.json', import.meta.url)))
    expect(side.systems.size).toBeGreaterThan(1)
    expect(side.conditions.size).toBeGreaterThan(10)
    expect(await compare(side, side)).toEqual([])
    for (const { before } of pairs(side, side)) expect(Object.keys((before?.['paths'] ?? {}) as object)).not.toHaveLength(0)
  })
})
