/** Fixtures of one's own are held against their schema at the start: what is wrong is said with file, record and field. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { nameFile, takeFiles } from '../src/core/files.js'
import { readJsonFile } from '../src/core/json-file.js'
import { checkRecords, resolved } from '../src/core/records.js'
import { createStub } from '../src/index.js'
import { fixturesFolder } from '../src/paths.js'
import { loadSystems } from '../src/systems/load.js'
import { understudy } from './support/cli.js'

const folder = await mkdtemp(join(tmpdir(), 'understudy-fixtures-'))
afterAll(() => rm(folder, { recursive: true }))
const world = join(folder, 'live/world.json')
const scenario = join(folder, 'live/scenarios/nobody-on-air.json')

/** Starts live with its fixtures but for one file. @returns why it did not start, with the folder left out */
async function startWith(file: string, change: (text: string) => string | Buffer): Promise<string> {
  await cp(join(fixturesFolder, 'live'), join(folder, 'live'), { recursive: true })
  await writeFile(file, change(await readFile(file, 'utf8')))
  try {
    const stub = await createStub({ systems: ['live'], fixtures: folder })
    await stub.close()
    return 'it started'
  } catch (error) {
    return (error instanceof Error ? error.message : '').replaceAll(folder, '')
  }
}

/** Changes parsed JSON. */
const edit = (change: (content: Record<string, Record<string, unknown>[]>) => void) => (text: string) => {
  const content = JSON.parse(text) as Record<string, Record<string, unknown>[]> // our own world
  change(content)
  return JSON.stringify(content)
}

describe('a world', () => {
  test.each<[string, (users: Record<string, unknown>[]) => void, string]>([
    ['a field of another type', (users) => { Object.assign(users[1] ?? {}, { nickname: 7 }) }, 'users[1], id 2: nickname must be string'],
    ['a field that is missing', (users) => { delete users[0]?.['bio'] }, 'users[0], id 1: bio is missing'],
    ['a field too many', (users) => { Object.assign(users[0] ?? {}, { age: 3 }) }, 'users[0], id 1: age is not known here'],
    ['a value of another form', (users) => { Object.assign(users[2] ?? {}, { mobile: '138' }) }, 'users[2], id 3: mobile must '],
    ['no record at all', (users) => { users.push(null as never) }, 'users[3]: it must be object'],
  ])('with %s', async (_, change, complaint) => {
    const said = await startWith(world, edit(({ users = [] }) => { change(users) }))
    expect(said).toMatch(/^\/live\/world\.json does not fit its schema:\n {2}/)
    expect(said).toContain(complaint)
  })

  test('with a session that is none, a collection that is none, a key that is there twice, a time that is none', async () => {
    expect(await startWith(world, edit((content) => { content['sessions'] = [{ id: 's' }] }))).toContain('sessions[0], id "s": ')
    expect(await startWith(world, edit((content) => { content['user'] = [] }))).toMatch(/there is no collection user; there are [\w, ]+\. Did you mean "users"\?$/)
    expect(await startWith(world, edit((content) => { content['parrots'] = [] }))).toMatch(/there is no collection parrots; there are [\w, ]+$/)
    expect(await startWith(world, edit(({ users = [] }) => { Object.assign(users[1] ?? {}, { bio: [{ at: { $boot: '-1d', as: 'month' } }] }) }))).toBe(
      '/live/world.json: users[1], id 2: bio.0.at: {"$boot":"-1d","as":"month"}: "as" must be one of datetime, date, slash, iso, seconds')
    expect(await startWith(world, edit(({ users = [] }) => { users.push({ ...users[0] }) }))).toBe('/live/world.json: users holds two records with id 1')
    expect(await startWith(world, edit(({ users = [] }) => { Object.assign(users[0] ?? {}, { bio: { $boot: 'soon' } }) }))).toBe('/live/world.json: users[0], id 1: bio: {"$boot":"soon"}: $boot must be a duration such as -10d or -P10D')
    expect(await startWith(world, () => '[]')).toBe('/live/world.json must map each collection to a list of records')
  })

  test('with many wrong records tells of the first ten', async () => {
    const said = await startWith(world, edit((content) => { content['users'] = Array.from({ length: 14 }, (_, id) => ({ id })) }))
    expect(said.split('\n')).toHaveLength(12)
    expect(said).toMatch(/\n {2}and 4 more$/)
  })

  test('that is no JSON, with line and column', async () => {
    expect(await startWith(world, () => '{\n  "users": [\n    { "id": 1, }\n  ]\n}')).toBe('/live/world.json:3:16 is no JSON: "}" is not expected here')
    expect(await startWith(world, () => '{ "users": [')).toBe('/live/world.json:1:13 is no JSON: the end is not expected here')
    expect(await startWith(world, () => '')).toBe('/live/world.json:1:1 is no JSON: the end is not expected here')
  })

  test('that is no UTF-8 is not taken for one with other names, and says so', async () => {
    const gbk = (text: string) => Buffer.from(text.replaceAll(/[^\x00-\x7f]/g, '\xd6\xd0'), 'latin1')
    expect(await startWith(world, gbk)).toBe('/live/world.json is no UTF-8: save it as that')
  })

  test('that is a folder is named', async () => {
    await rm(world)
    await mkdir(world)
    await expect(createStub({ systems: ['live'], fixtures: folder })).rejects.toThrow(`${world} cannot be read: EISDIR`)
    await rm(world, { recursive: true })
  })

  test('with a byte order mark, as editors on Windows write it, is one like any other', async () => {
    expect(await startWith(world, (text) => `\uFEFF${text}`)).toBe('it started')
  })
})

test('a scenario is held to the same', async () => {
  expect(await startWith(scenario, (text) => text.replace('{', '{,'))).toBe('/live/scenarios/nobody-on-air.json:1:2 is no JSON: "," is not expected here')
  expect(await startWith(scenario, () => '{"put":{}}')).toContain('is no scenario')
  expect(await startWith(scenario, () => '{"description":{"en":"x","zh":"某"},"put":{"users":[{"id":"1"}]}}')).toMatch(/^\/live\/scenarios\/nobody-on-air\.json does not fit its schema:\n {2}users\[0\], id "1": /)
})

test('the command line says it in a line or two, without a stack', async () => {
  await startWith(world, edit(({ users = [] }) => { Object.assign(users[1] ?? {}, { nickname: 7 }) }))
  expect(await understudy(['start', 'live', '--port', '0', '--fixtures', folder])).toMatchObject({ code: 1, stdout: '', stderr: `error: ${world} does not fit its schema:\n  users[1], id 2: nickname must be string\n` })
})

test.each((await loadSystems([])).map((system) => ({ id: system.id, system })))('the world of $id in the package fits its schema and names every field, for it is not looked at again at the start', async ({ id, system }) => {
  const file = join(fixturesFolder, id, 'world.json')
  const content = resolved(system, takeFiles(system.state, await readJsonFile(file), nameFile), Date.UTC(2026, 0, 1), file)
  const asWritten = structuredClone(content)
  checkRecords(system, content, file)
  expect(content).toEqual(asWritten)
})

describe('a folder of fixtures', () => {
  const empty = join(folder, 'empty')

  test('that is not there, is empty or has not the worlds of all systems says what it has to hold', async () => {
    const nowhere = `the folder of fixtures "${folder}/nowhere" (--fixtures) is not there; it has to hold one folder per system with a world in it, such as live/world.json. Those of the package are in ${fixturesFolder}`
    await expect(createStub({ systems: ['live'], fixtures: join(folder, 'nowhere') })).rejects.toThrow(new Error(nowhere))
    expect(await understudy(['start', 'live', '--port', '0', '--fixtures', join(folder, 'nowhere')])).toMatchObject({ code: 1, stdout: '', stderr: `error: ${nowhere}\n` })
    await mkdir(empty, { recursive: true })
    await expect(createStub({ systems: ['live'], fixtures: empty })).rejects.toThrow('has no live/world.json; it has to hold one folder per system')
    await cp(join(fixturesFolder, 'live'), join(folder, 'live'), { recursive: true })
    await expect(createStub({ systems: ['edu', 'live', 'trid'], fixtures: folder })).rejects.toThrow('has no edu/world.json, trid/world.json; start live alone, or add the others.')
  })

  test('with a schema of its own says that it is not read; a copy of the package’s own says nothing', async () => {
    const schema = join(folder, 'live/schema.yaml')
    const told = async () => {
      const problems: string[] = []
      await using _stub = await createStub({ systems: ['live'], fixtures: folder, report: (problem) => problems.push(problem) })
      return problems
    }
    await cp(join(fixturesFolder, 'live'), join(folder, 'live'), { recursive: true })
    expect(await told()).toEqual([])
    await writeFile(schema, `${await readFile(schema, 'utf8')}\n# more\n`)
    expect(await told()).toEqual([expect.stringContaining(`${schema} is not read`)])
    await rm(schema)
    expect(await told()).toEqual([])
  })
})

test('whatever is no JSON has a place, and whatever is has none', async () => {
  const file = join(folder, 'any.json')
  const place = async (text: string) => {
    await writeFile(file, text)
    return readJsonFile(file).then(() => null, (error: unknown) => String(error))
  }
  await fc.assert(fc.asyncProperty(fc.json(), async (text) => { expect(await place(text)).toBeNull() }), { numRuns: 50 })
  // A character put in where it does not belong is found at that place or, where it only becomes wrong further on, behind it.
  await fc.assert(fc.asyncProperty(fc.json({ maxDepth: 3 }), fc.nat(), async (text, at) => {
    const broken = `${text.slice(0, at % (text.length + 1))}\u0001${text.slice(at % (text.length + 1))}`
    expect(await place(broken)).toMatch(/any\.json:\d+:\d+ is no JSON: /)
  }), { numRuns: 100 })
  for (const text of ['01', '1.', '"a', '{"a":1,}', '[1 2]', '{a:1}', 'tru', '{"a" 1}', '[}', '{]', ']', '1 1', '\u00a01', '{"a":1}}', '[,1]', '{"a":}', '"\\x"']) expect(await place(text), text).toMatch(/ is no JSON: /)
})
