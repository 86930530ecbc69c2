import { describe, expect, test } from 'vitest'
import { edu } from '../src/systems/edu/index.js'
import { codeOf, orderID, type Person, Phone, phoneOf, phoneOfS5, userID } from './support/edu.js'
import { type Answer, type Box, serve } from './support/serve.js'

const { box } = await serve(edu)

const T1 = userID('101')
const listOf = ({ json }: Answer) => json?.['list'] as { o_id: string; userID: string; status: string; createdAt: string; ordered: boolean }[] // its form has been checked by the server
const idsOf = (answer: Answer) => listOf(answer).map(({ o_id }) => o_id.slice(-3))
const statusOf = async (phone: Phone, digits: string) => ((await phone.get(`/order/${orderID(digits)}`)).json?.['info'] as { status: string }).status

describe('an order', () => {
  test('goes its way from the question to the call', async () => {
    const app = await box()
    const [parent, teacher] = [await phoneOf(app, 'P1'), await phoneOf(app, 'T1')]
    const placed = await parent.post('/order', { t_id: T1, question: '应用题怎么列方程？' })
    const o_id = String(placed.json?.['o_id'])
    expect(o_id).toMatch(/^[0-9a-f]{24}$/)
    const at = (await app.clock.now()).now
    const order = { o_id, userID: userID('201'), t_id: T1, question: '应用题怎么列方程？', self_desc: '', status: 'pending', called: false, reason: '', createdAt: at, updatedAt: at }
    expect((await parent.get(`/order/${o_id}`)).json).toEqual({ code: 900, info: order })
    expect((await teacher.get('/orders', { status: 'pending' })).json).toMatchObject({ list: [order, {}, {}] })

    await app.clock.advance('PT10M')
    expect((await teacher.post(`/order/${o_id}/confirm`)).json).toEqual({ code: 900 })
    const later = (await app.clock.now()).now
    expect((await parent.get(`/order/${o_id}`)).json).toEqual({ code: 900, info: { ...order, status: 'confirmed', updatedAt: later } })

    const hex = (length: number) => expect.stringMatching(new RegExp(`^[0-9a-f]{${String(length)}}$`)) as string
    expect((await parent.post(`/order/${o_id}/pay`)).json).toEqual({ code: 900, pay_id: hex(24), charge: { channel: 'alipay', order_no: o_id, subject: '答疑订单', amount: 9900, currency: 'cny' } })
    expect((await teacher.post(`/order/${o_id}/call`)).json).toEqual({ code: 900, callSid: hex(32) })
    expect((await parent.get(`/order/${o_id}`)).json).toMatchObject({ info: { status: 'paid', called: true } })
    await expect(parent.post(`/order/${o_id}/call`)).toFailWith('CALL_FAILED')
  })

  test('is rejected with a reason only', async () => {
    const app = await box()
    const [student, teacher] = [await phoneOf(app, 'S1'), await phoneOf(app, 'T1')]
    const confirm = async (fields: object) => codeOf(await teacher.post(`/order/${orderID('001')}/confirm`, { ...fields }))
    expect(await confirm({ status: 'rejected' })).toBe(904)
    expect(await confirm({ status: 'rejected', reason: '' })).toBe(904)
    expect(await confirm({ status: 'rejected', reason: 1 })).toBe(904)
    expect(await confirm({ status: 'paid' })).toBe(904)
    expect(await confirm({ status: 'rejected', reason: '本周课程已满' })).toBe(900)
    expect((await student.get(`/order/${orderID('001')}`)).json).toMatchObject({ info: { status: 'rejected', reason: '本周课程已满' } })
    expect(await confirm({})).toBe(910)
  })

  test('cancelling keeps the reason that is given, or none', async () => {
    const phone = await phoneOf(await box(), 'S1')
    await phone.post(`/order/${orderID('001')}/cancel`, { reason: '想明白了' })
    await phone.post(`/order/${orderID('002')}/cancel`)
    for (const [digits, reason] of [['001', '想明白了'], ['002', '']] as const) expect((await phone.get(`/order/${orderID(digits)}`)).json).toMatchObject({ info: { status: 'canceled', reason } })
  })

  test('confirming keeps no reason', async () => {
    const app = await box()
    const teacher = await phoneOf(app, 'T1')
    await teacher.post(`/order/${orderID('001')}/confirm`, { status: 'confirmed', reason: 'ok' })
    expect((await teacher.get(`/order/${orderID('001')}`)).json).toMatchObject({ info: { status: 'confirmed', reason: '' } })
  })

  const cases: readonly (readonly [string, (app: Box) => Promise<Phone>, (phone: Phone, path: (digits: string) => string) => Promise<Answer>, number])[] = [
    ['the placer cancels a pending one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('001')}/cancel`, { reason: '想明白了' }), 900],
    ['the placer cancels a confirmed one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('002')}/cancel`), 900],
    ['the placer cancels a canceled one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('007')}/cancel`), 910],
    ['its teacher cancels', (app) => phoneOf(app, 'T1'), (phone, path) => phone.post(`${path('001')}/cancel`), 910],
    ['a long reason', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('001')}/cancel`, { reason: 'x'.repeat(201) }), 904],
    ['another teacher confirms', (app) => phoneOf(app, 'T2'), (phone, path) => phone.post(`${path('001')}/confirm`), 910],
    ['the placer confirms', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('001')}/confirm`), 910],
    ['its teacher confirms a paid one', (app) => phoneOf(app, 'T1'), (phone, path) => phone.post(`${path('003')}/confirm`), 910],
    ['the placer pays a pending one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('001')}/pay`), 910],
    ['the placer pays a paid one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('003')}/pay`), 910],
    ['its teacher pays', (app) => phoneOf(app, 'T1'), (phone, path) => phone.post(`${path('002')}/pay`), 910],
    ['an unknown way to pay', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('002')}/pay`, { channel: 'cash' }), 904],
    ['somebody else calls', (app) => phoneOf(app, 'S2'), (phone, path) => phone.post(`${path('003')}/call`), 910],
    ['the placer calls on an unpaid one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.post(`${path('002')}/call`), 910],
    ['somebody else looks', (app) => phoneOf(app, 'S2'), (phone, path) => phone.get(path('001')), 910],
    ['its teacher looks', (app) => phoneOf(app, 'T1'), (phone, path) => phone.get(path('005')), 900],
    ['the placer deletes a canceled one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.delete(path('007')), 900],
    ['the placer deletes a pending one', (app) => phoneOf(app, 'S1'), (phone, path) => phone.delete(path('001')), 910],
    ['its teacher deletes', (app) => phoneOf(app, 'T1'), (phone, path) => phone.delete(path('007')), 910],
    ['somebody without a phone deletes an unknown one', phoneOfS5, (phone, path) => phone.delete(path('999')), 911],
  ]
  test.each(cases)('%s', async (_case, person, act, code) => {
    const phone = await person(await box())
    expect(codeOf(await act(phone, (digits) => `/order/${orderID(digits)}`))).toBe(code)
  })

  test('that is deleted is gone for both', async () => {
    const app = await box()
    const [student, teacher] = [await phoneOf(app, 'S1'), await phoneOf(app, 'T1')]
    await student.delete(`/order/${orderID('007')}`)
    for (const phone of [student, teacher]) await expect(phone.get(`/order/${orderID('007')}`)).toFailWith('RESOURCE_NOT_FOUND')
  })

  test('goes to a teacher, from anybody but a teacher, with a question of 500 characters at the most', async () => {
    const app = await box()
    const student = await phoneOf(app, 'S1')
    const place = async (fields: object) => codeOf(await student.post('/order', { t_id: T1, question: '?', ...fields }))
    expect(await place({ question: '字'.repeat(500), self_desc: '字'.repeat(500) })).toBe(900)
    for (const bad of [{ question: '' }, { question: '字'.repeat(501) }, { self_desc: 'x'.repeat(501) }, { t_id: 'T1' }, { t_id: T1.toUpperCase() }, { t_id: null }]) expect([bad, await place(bad)]).toEqual([bad, 904])
    for (const t_id of [userID('999'), userID('002'), userID('201')]) expect([t_id, await place({ t_id })]).toEqual([t_id, 911])
    await expect((await phoneOf(app, 'T2')).post('/order', { t_id: T1, question: '?' })).toFailWith('NO_PERMISSION')
  })

  test('that could not be paid or called stays as it was', async () => {
    const app = await box()
    const student = await phoneOf(app, 'S1')
    await app.outages.set(['thirdParty', 'callProvider'])
    await expect(student.post(`/order/${orderID('002')}/pay`)).toFailWith('THIRD_PARTY_FAILED')
    await expect(student.post(`/order/${orderID('003')}/call`)).toFailWith('CALL_FAILED')
    await app.outages.set([])
    expect(codeOf(await student.post(`/order/${orderID('002')}/pay`))).toBe(900)
    expect(codeOf(await student.post(`/order/${orderID('003')}/call`))).toBe(900)
  })
})

describe('races', () => {
  const all = async (answers: Promise<Answer>[]) => (await Promise.all(answers)).map(codeOf).sort()

  test('of ten payments at once one is made', async () => {
    const phone = await phoneOf(await box(), 'S1')
    expect(await all(Array.from({ length: 10 }, () => phone.post(`/order/${orderID('002')}/pay`)))).toEqual([900, ...Array.from({ length: 9 }, () => 910)])
  })

  test('of ten calls at once, from both sides, one is placed', async () => {
    const app = await box()
    const both = [await phoneOf(app, 'S1'), await phoneOf(app, 'T1')]
    const calls = Array.from({ length: 5 }, () => both.map((phone) => phone.post(`/order/${orderID('003')}/call`))).flat()
    expect(await all(calls)).toEqual([900, ...Array.from({ length: 9 }, () => 912)])
  })

  test('cancelled and paid at once, an order is one or the other', async () => {
    const phone = await phoneOf(await box(), 'S1')
    expect(await all([phone.post(`/order/${orderID('002')}/cancel`), phone.post(`/order/${orderID('002')}/pay`)])).toEqual([900, 910])
    expect(['canceled', 'paid']).toContain(await statusOf(phone, '002'))
  })

  test('cancelled and confirmed at once, it ends up canceled', async () => {
    const app = await box()
    const [student, teacher] = [await phoneOf(app, 'S1'), await phoneOf(app, 'T1')]
    await all([teacher.post(`/order/${orderID('001')}/confirm`), student.post(`/order/${orderID('001')}/cancel`)])
    expect(await statusOf(student, '001')).toBe('canceled')
  })
})

describe('lists of orders', () => {
  test('show what one placed, or received as a teacher, newest first and without canceled ones', async () => {
    const app = await box()
    expect(idsOf(await (await phoneOf(app, 'S1')).get('/orders'))).toEqual(['001', '002', '003', '004'])
    expect(idsOf(await (await phoneOf(app, 'T1')).get('/orders'))).toEqual(['005', '001', '002', '003', '006', '004'])
    expect(idsOf(await (await phoneOf(app, 'P1')).get('/orders'))).toEqual([])
  })

  test.each([
    [{ status: 'canceled' }, ['007']],
    [{ status: 'pending,canceled' }, ['001', '007']],
    [{ status: 'paid,confirmed' }, ['002', '003', '004']],
    [{ start: '2', limit: '2' }, ['002', '003']],
    [{ start: '4' }, ['004']],
    [{ start: '5' }, []],
  ])('%o', async (query, ids) => {
    expect(idsOf(await (await phoneOf(await box(), 'S1')).get('/orders', query))).toEqual(ids)
  })

  test.each([{ status: '' }, { status: 'open' }, { status: 'pending,' }, { status: 'pending;paid' }, { start: '0' }, { start: 'x' }, { start: '' }, { start: '1.5' }, { limit: '0' }, { limit: '101' }, { limit: '-1' }])('%o is 904', async (query) => {
    await expect((await phoneOf(await box(), 'S1')).get('/orders', query as Record<string, string>)).toFailWith('BAD_PARAMETER')
  })

  test('many-orders: 33 orders page by page, each once', async () => {
    const app = await box()
    await app.scenario('many-orders', 'edu')
    const phone = await phoneOf(app, 'S1')
    const all = listOf(await phone.get('/orders', { limit: '100', status: 'pending,confirmed,rejected,canceled,paid' }))
    expect(all).toHaveLength(33)
    expect(all.map(({ createdAt }) => createdAt)).toEqual(all.map(({ createdAt }) => createdAt).sort().reverse())
    const pages = await Promise.all([1, 11, 21, 31].map(async (start) => listOf(await phone.get('/orders', { start: String(start), status: 'pending,confirmed,rejected,canceled,paid' }))))
    expect(pages.flat()).toEqual(all)
  })

  test('no-orders: nothing for anybody', async () => {
    const app = await box()
    await app.scenario('no-orders', 'edu')
    for (const person of ['S1', 'T1', 'P1'] satisfies Person[]) expect(listOf(await (await phoneOf(app, person)).get('/orders'))).toEqual([])
    expect(listOf(await (await phoneOf(app, 'S1')).get('/teachers')).some(({ ordered }) => ordered)).toBe(false)
  })
})

describe('teachers', () => {
  const teacher = (ordered: boolean) => ({ userID: T1, nick: '周老师讲数学', name: '周文清', avatar: '/file/default.png', intro: '十五年高中数学教龄，擅长函数与导数。', ordered })

  test('are seen by everybody; who is logged in sees whom he ordered', async () => {
    const app = await box()
    const student = await phoneOf(app, 'S1')
    expect(listOf(await new Phone(app).get('/teachers')).map(({ userID: id, ordered }) => [id, ordered])).toEqual([[T1, false], [userID('102'), false], [userID('103'), false]])
    expect((await student.get('/teachers')).json).toMatchObject({ code: 900, list: [teacher(true), { ordered: false }, { ordered: false }] })
    expect((await student.get(`/teacher/${T1}/info`)).json).toEqual({ code: 900, info: teacher(true) })
    expect((await new Phone(app, 'p').get(`/teacher/${T1}/info`)).json).toEqual({ code: 900, info: teacher(false) })
    await student.post('/order', { t_id: userID('102'), question: '?' })
    expect(listOf(await student.get('/teachers')).map(({ ordered }) => ordered)).toEqual([true, true, false])
  })

  test('a student is no teacher, and a malformed id is 904', async () => {
    const phone = new Phone(await box())
    await expect(phone.get(`/teacher/${userID('001')}/info`)).toFailWith('RESOURCE_NOT_FOUND')
    await expect(phone.get(`/teacher/${userID('999')}/info`)).toFailWith('RESOURCE_NOT_FOUND')
    await expect(phone.get('/teacher/1/info')).toFailWith('BAD_PARAMETER')
  })

  test('many-teachers: page by page, each once', async () => {
    const app = await box()
    await app.scenario('many-teachers', 'edu')
    const phone = new Phone(app)
    const all = listOf(await phone.get('/teachers', { limit: '100' }))
    expect(all.length).toBeGreaterThan(30)
    const pages = await Promise.all(Array.from({ length: Math.ceil(all.length / 10) + 1 }, async (_, i) => listOf(await phone.get('/teachers', { start: String(1 + i * 10) }))))
    expect(pages.flat()).toEqual(all)
    expect(pages.at(-1)).toEqual([])
  })
})
