import { expect, test } from 'vitest'
import { type Departure, judge, type JudgedReply } from '../src/core/judge.js'
import { live } from '../src/systems/live/index.js'

const login = (reply: JudgedReply) => judge(live, 'liveLogin', reply).map(({ kind, pointer }: Departure) => [kind, pointer])
const answer = { code: 2000, desc: 'ok' }

test('an answer that keeps the contract departs from nothing, whoever says what it means', () => {
  expect(judge(live, 'liveSendCode', { status: 200, body: answer })).toEqual([])
  expect(judge(live, 'liveSendCode', { status: 200, body: answer, error: null })).toEqual([])
  const [name = '', row] = Object.entries(live.contract.errors).find(([error]) => live.contract.operations['liveLogin']?.errors.includes(error)) ?? []
  expect(login({ status: row?.status[0] ?? 0, body: { code: row?.code, desc: 'no' } })).toEqual([])
  expect(login({ status: row?.status[0] ?? 0, body: { code: row?.code, desc: 'no' }, error: name })).toEqual([])
})

test('each departure is told with its kind and its place', () => {
  expect(judge(live, 'liveSendCode', { status: 200, body: { code: 2000, desc: 7 } })).toEqual([
    { kind: 'body', pointer: '/desc', message: expect.stringMatching(/^success of liveSendCode: .*\/desc must be string/) as string, rule: { keyword: 'type', missing: null } },
  ])
  expect(judge(live, 'liveSendCode', { status: 299, body: answer }).map(({ kind }) => kind)).toEqual(['status'])
  expect(login({ status: 200, body: { code: 31415, desc: '' } })).toEqual([['unknownCode', '/code']])
  expect(login({ status: 200, body: {} })).toEqual([['unknownCode', '/code']])
  expect(login({ status: 200, body: undefined })).toEqual([['noJson', '']])
  expect(judge(live, null, { status: 404, body: undefined })).toMatchObject([{ message: expect.stringMatching(/^answer outside any operation: /) as string }])
})

test('an error that the operation does not list counts, unless it was asked for', () => {
  const { errors, operations } = live.contract
  const [foreign = '', row] = Object.entries(errors).find(([name]) => name !== live.contract.dialect.success && !operations['liveSendCode']?.errors.includes(name)) ?? []
  const reply = { status: row?.status[0] ?? 0, body: { code: row?.code, desc: 'no' }, error: foreign }
  expect(judge(live, 'liveSendCode', reply).map(({ kind }) => kind)).toContain('unlistedError')
  expect(judge(live, 'liveSendCode', { ...reply, forced: true }).map(({ kind }) => kind)).not.toContain('unlistedError')
})

test('an error that is read off its code is judged as strictly as one that is named, and may be asked for as well', () => {
  const { errors, operations } = live.contract
  const [, row] = Object.entries(errors).find(([name, { code }]) => name !== live.contract.dialect.success && !operations['liveSendCode']?.errors.includes(name) && Object.values(errors).filter((one) => one.code === code).length === 1) ?? []
  const kinds = (more: Partial<JudgedReply>) => judge(live, 'liveSendCode', { status: row?.status[0] ?? 0, body: { code: row?.code, desc: 'no' }, ...more }).map(({ kind }) => kind)
  expect([kinds({}), kinds({ forced: true })]).toEqual([['unlistedError'], []])
  expect([kinds({ status: 299, forced: true }), kinds({ status: 299, forced: true, anyStatus: true })]).toEqual([['status'], []])
})

test('a code that nobody has written is told of by its length', () => {
  const messageOf = (code: string) => judge(live, 'liveLogin', { status: 200, body: { code, desc: '' } }).map(({ message }) => message)
  const longest = 'x'.repeat(198)
  expect(messageOf(longest)).toEqual([`"${longest}" under "code" is no code of the contract`])
  expect(messageOf(`${longest}x`)).toEqual(['something of 201 characters under "code" is no code of the contract'])
})
