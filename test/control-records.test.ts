/** Many records over REST: pages that do not read the whole collection, texts and keys that are found, and whether anything has changed. */
import { describe, expect, test } from 'vitest'
import { askJsonServer } from './support/ask-json-server.js'
import { type Box, serveControl } from './support/control.js'

const { box } = await serveControl(['live'])
const user = { id: 50, mobile: '13800003050', nickname: '小北', bio: '', avatar: '', gender: null }
const list = async ({ admin: here }: Box, query = '', collection = 'users') => {
  const answer = await here('GET', `/db/live/${collection}?${query}`)
  return JSON.parse(answer.text) as Readonly<Record<string, unknown>>[] // the contract says so, and the server holds itself to it
}
const ids = async (here: Box, query: string, collection?: string) => (await list(here, query, collection)).map(({ id }) => id)

describe('many records', () => {
  test('come in the same pages whether a condition has to be looked at or not, also after records were added, changed and deleted', async () => {
    const here = box()
    await here.admin('PUT', '/scenario', { name: 'busy-channels' })
    const read = async (query: string) => {
      const { text, headers } = await here.admin('GET', `/db/live/channels?${query}`)
      return { text, total: headers.get('x-total-count'), link: headers.get('link')?.replaceAll('&id_gte=0', '') ?? null }
    }
    const checkPages = async () => {
      for (const query of ['_page=1', '_page=3&_limit=10', '_page=4&_limit=10', '_page=99&_limit=10', '_page=0&_limit=0', '_page=1&_limit=100', '_start=5&_end=9', '_start=9&_end=5', '_start=30&_limit=10', '_limit=3', '_page=x', '_page=2x&_limit=x3', '_limit=3x', '_limit=x3', '_start=-2&_limit=5', '_page=1.5&_limit=4', '_page=1&_page=2', '_limit=1&_limit=2']) {
        expect(await read(query), query).toEqual(await read(`${query}&id_gte=0`))
      }
    }
    await checkPages()
    const all = await list(here, '', 'channels')
    const [first, second, last] = [all[0], all[1], all.at(-1)]
    await here.admin('DELETE', `/db/live/channels/${String(first?.['id'])}`)
    await here.admin('PATCH', `/db/live/channels/${String(second?.['id'])}`, { title: '改过' })
    await here.admin('POST', '/db/live/channels', { ...last, id: 900 })
    expect((await read('_page=1')).total).toBe(String(all.length))
    await checkPages()
  })

  test('are found and sorted as json-server does it, by fields and by ways into them, and come whole', async () => {
    const here = box()
    await here.admin('PUT', '/scenario', { name: 'busy-channels' })
    await here.sessions.issue({ system: 'live', user: '1', device: { label: 'b' } })
    await here.sessions.issue({ system: 'live', user: '2', device: { label: 'a' } })
    for (const [collection, queries] of Object.entries({
      channels: ['id_gte=3&id_lte=9', 'status=0&_sort=title', '_sort=status,title&_order=desc,asc', 'status_ne=0&_sort=id&_order=desc&_start=1&_end=3', 'id=1&id=3&_sort=title&_page=1&_limit=1', '_sort=nothing', 'title_ne=x&_page=x', '_order=desc'],
      sessions: ['device.label=a', '_sort=device.label', '_sort=device[label]', 'device.label_gte=b', '_sort=device.label&_order=desc&_limit=1', 'device.label_ne=a'],
    })) {
      const all = await list(here, '', collection)
      for (const query of queries) {
        const { found, total } = await askJsonServer(collection, all, query)
        const answer = await here.admin('GET', `/db/live/${collection}?${query}`)
        expect([JSON.parse(answer.text), answer.headers.get('x-total-count')], query).toEqual([found, total])
      }
    }
  })

  test('are searched in all their fields, in any case, also together with conditions and pages', async () => {
    const here = box()
    await here.admin('PATCH', '/db/live/users/2', { bio: 'Tea AND Coffee' })
    await here.sessions.issue({ system: 'live', user: '1', device: { label: 'Inner Name' } })
    expect(await ids(here, 'q=tea+and')).toEqual([2])
    expect(await ids(here, 'q=TEA&id_gte=2')).toEqual([2])
    expect(await ids(here, 'q=TEA&id_gte=3')).toEqual([])
    expect(await list(here, 'q=inner+n', 'sessions')).toHaveLength(1)
    const paged = await here.admin('GET', '/db/live/users?q=1380000300&_page=2&_limit=2')
    expect([paged.headers.get('x-total-count'), (JSON.parse(paged.text) as unknown[]).length]).toEqual(['3', 1]) // a list, as control.yaml says
    expect(await ids(here, 'id=2&q=TEA')).toEqual([2])
    for (const query of ['id=02', 'id=99', 'id=2&q=nothing', 'id=99&_page=1&_limit=5']) expect(await ids(here, query), query).toEqual([])
    expect(await list(here, 'id=nobody', 'sessions')).toEqual([])
  })

  test('say by a version of their collection whether any of them has changed', async () => {
    const here = box()
    const look = async () => {
      const found = await here.db('live').collections()
      return (name: string) => found.find((one) => one.name === name)
    }
    const before = await look()
    expect(before('users')?.count).toBe(3)
    await list(here, 'q=x')
    await here.admin('PATCH', '/db/live/channels/1', { title: '改过' })
    const after = await look()
    expect(after('users')).toEqual(before('users'))
    expect(after('channels')?.count).toBe(before('channels')?.count)
    expect(after('channels')?.version).not.toBe(before('channels')?.version)
    await here.admin('POST', '/db/live/users', { ...user, id: 900 })
    await here.admin('DELETE', '/db/live/users/1')
    await here.admin('DELETE', '/db/live/users/2')
    const later = await look()
    expect(later('users')?.count).toBe(2)
    expect(later('users')?.version).toBeGreaterThan(after('users')?.version ?? 0)
    expect(later('channels')).toEqual(after('channels'))
  })
})
