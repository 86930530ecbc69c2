import { describe, expect, test } from 'vitest'
import { at, type Box, serveControl } from './support/control.js'

const { box } = await serveControl(['live'])
const { box: elsewhere } = await serveControl(['live'])

const [ADMIN, GUEST] = ['13800003001', '13800003950']

async function logIn({ call }: Box, mobile: string): Promise<string> {
  await call(`/live/auth/code?mobile=${mobile}`)
  const { json } = await call('/live/auth/login', { method: 'POST', body: { mobile, auth_code: '123456' } })
  return String(json?.['api_key'])
}

/** @returns whether the token lets anybody in */
const isLet = async ({ call }: Box, token: string) => 'channels' in ((await call('/live/channels/live', { headers: { authorization: Buffer.from(token).toString('base64') } })).json ?? {})

describe('a token fits nobody but whom it was made for', () => {
  test('after a reset an old one is nobody\'s, whoever logs in', async () => {
    const here = box()
    const first = await logIn(here, GUEST)
    for (const mobile of [ADMIN, GUEST]) {
      await here.admin('POST', '/reset')
      expect(await logIn(here, mobile)).not.toBe(first)
      expect(await isLet(here, first)).toBe(false)
    }
  })

  test('after a restored snapshot it is nobody else\'s: the same call gives it to the same user, and to nobody but him', async () => {
    const here = box()
    const { text } = await here.admin('GET', '/snapshot')
    const first = await logIn(here, GUEST)
    await here.admin('PUT', '/snapshot', text)
    expect(await isLet(here, first)).toBe(false)
    expect(await logIn(here, ADMIN)).not.toBe(first)
    expect(await isLet(here, first)).toBe(false)
    await here.admin('PUT', '/snapshot', text)
    expect(await logIn(here, GUEST)).toBe(first)
  })

  test('two users who log in by the same call in the same sandbox get different ones', async () => {
    const [first, second] = [elsewhere('twins'), box('twins')]
    expect(await logIn(first, ADMIN)).not.toBe(await logIn(second, GUEST))
  })

  test('nor does it fit another sandbox', async () => {
    const [here, there] = [box(), box()]
    const [mine, theirs] = [await logIn(here, ADMIN), await logIn(there, ADMIN)]
    expect(mine).not.toBe(theirs)
    expect([await isLet(here, mine), await isLet(there, mine)]).toEqual([true, false])
  })
})

describe('what is the same', () => {
  test('the same calls in a fresh sandbox of the same name give the same tokens, here and in another process', async () => {
    const token = await logIn(box('same'), GUEST)
    expect(await logIn(elsewhere('same'), GUEST)).toBe(token)
    await box('same').delete()
    expect(await logIn(box('same'), GUEST)).toBe(token)
  })

  test('ids of records are the same in every sandbox and after every reset', async () => {
    const [here, there] = [box(), box()]
    const idOf = async (one: Box) => {
      await logIn(one, '13800003777')
      return at(await one.admin('GET', '/users?system=live'), 'users')
    }
    const users = await idOf(here)
    expect(await idOf(there)).toEqual(users)
    await here.admin('POST', '/reset')
    expect(await idOf(here)).toEqual(users)
  })
})
