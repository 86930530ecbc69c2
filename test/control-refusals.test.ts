/** Whatever the control plane refuses it refuses in a sentence: what is wrong, what there is instead, and how to mend it. */
import { expect, test } from 'vitest'
import { kindOf, serveControl } from './support/control.js'

const { admin, box } = await serveControl(['edu', 'im', 'live', 'trid'])

test.each([
  ['GET', '/db/live/channel', undefined, 404, 'no-such-collection', 'live has no collection "channel". It has users, channels, sessions, smsCodes.'],
  ['GET', '/db/live/users/77', undefined, 404, 'no-such-record', 'live/users has no record "77".'],
  ['PATCH', '/db/live/users/1', { id: 2 }, 422, 'record-misfit', 'The id of a record is its key and stays 1. Create a new record and delete this one.'],
  ['POST', '/db/edu/users', { nick: 'x' }, 422, 'record-misfit', 'Give the record its userID: keys of users are texts, which are not counted on.'],
  ['POST', '/db/live/users', { id: 1, mobile: '13800003050', nickname: '小北', bio: '', avatar: '', gender: null }, 409, 'record-conflict', 'users/1 exists. Choose another value, or change the record that has it.'],
  ['POST', '/db/live/users', { mobile: '13800003001', nickname: '小北', bio: '', avatar: '', gender: null }, 409, 'record-conflict', 'another record of users has the same mobile: 13800003001. Choose another value, or change the record that has it.'],
  ['POST', '/db/live/channels', { title: 't', thumbnail: '', desc: '', status: 'on', owner_id: 1, visit_count: 0, like_count: 0, started_at: 0 }, 422, 'record-misfit', 'The record breaks the schema of live/channels: status must be integer.'],
  ['GET', '/db/live/users?nickname_lke=x', undefined, 400, 'invalid-request', 'Records of users have no field "nickname_lke". They have id, mobile, nickname, bio, avatar, gender.'],
  ['GET', '/db/live/users?_embed=channels', undefined, 400, 'invalid-request', '_embed is not supported here: read the other collection by itself.'],
  ['POST', '/clock/advance', { by: 'P101Y' }, 422, 'clock-out-of-range', '"P101Y" is more than the 50 years that a clock advances at once.'],
  ['POST', '/clock/advance', { by: 'soon' }, 400, 'invalid-request', '"soon" is no duration. Write it like 2h, 90s, 30d, 1h30m or PT10M1S.'],
  ['POST', '/clock/advance', { by: '-1h' }, 400, 'invalid-request', '"-1h" goes back; here time goes on only. Setting the clock takes it back.'],
  ['PUT', '/clock', { now: '1900-01-01T00:00:00Z' }, 422, 'clock-out-of-range', '"1900-01-01T00:00:00Z" is no moment that a clock can show. Give one from 1970-01-01T00:00:00.000Z to 2999-12-31T23:59:59.999Z, such as 2026-01-31T08:30:00Z.'],
  ['POST', '/faults', { fault: { kind: 'latency', min: 5, max: 4 } }, 422, 'fault-misfit', "The latency's max, 4, is below its min, 5."],
  ['POST', '/faults', { fault: { kind: 'status', status: 503, contentType: '' } }, 400, 'invalid-request', '"fault.contentType" must not be empty. See addFault in /__admin/openapi.json.'],
  ['POST', '/faults', { fault: { kind: 'error' } }, 400, 'invalid-request', '"fault" must NOT have fewer than 2 properties. See addFault in /__admin/openapi.json.'],
  ['POST', '/faults', { fault: { kind: 'error', error: 'X', code: 1 } }, 422, 'fault-misfit', 'Say which error by one of "error" (its CONSTANT_NAME), "code" and "condition".'],
  ['POST', '/faults', { operationId: 'liveLogn', fault: { kind: 'drop' } }, 422, 'no-such-operation', /^No system has an operation "liveLogn"\. There are [a-zA-Z0-9_, -]+\. Did you mean "liveLogin"\?$/],
  ['POST', '/faults', { system: 'live', operationId: 'imLogin', fault: { kind: 'drop' } }, 422, 'no-such-operation', 'live has no operation "imLogin". There are liveSendCode, liveLogin, liveLogout, liveGetUser, liveGetMe, liveUpdateMe, liveListChannels. Did you mean "liveLogin"?'],
  ['POST', '/faults', { fault: { kind: 'error', error: 'API_NOWHERE' } }, 422, 'no-such-error', /^No system has an error "API_NOWHERE"\. There are [a-zA-Z0-9_, -]+\.$/],
  ['POST', '/faults', { system: 'live', fault: { kind: 'error', code: 4012 } }, 422, 'no-such-error', 'live has no error "4012". There are 4000, 4011, 4010, 4041. Did you mean "4011"?'],
  ['POST', '/faults', { system: 'live', operationId: 'liveLogin', fault: { kind: 'error', condition: 'kickedOut' } }, 422, 'no-such-error', 'liveLogin has no error "kickedOut". There are invalidRequest, smsCodeInvalid.'],
  ['GET', '/faults/fault-7', undefined, 404, 'no-such-fault', 'There is no fault rule "fault-7". There are none.'],
  ['GET', '/requests/7', undefined, 404, 'no-such-request', 'The journal of "here" has no call 7; it is empty.'],
  ['GET', '/requests?operationId=liveLogn', undefined, 400, 'invalid-request', 'No system has an operation "liveLogn". Did you mean "liveLogin"?'],
  ['PUT', '/settings', { system: 'edu', settings: { httpStaus: 'always200' } }, 422, 'no-such-setting', 'edu has no setting "httpStaus". It has httpStatus, accessTokenGraceMs, contentTypeRequired. Did you mean "httpStatus"?'],
  ['PUT', '/settings', { system: 'edu', settings: { httpStatus: 'always20' } }, 422, 'setting-not-allowed', 'httpStatus of edu cannot be "always20". It allows mapped, always200. Did you mean "always200"?'],
  ['PUT', '/settings', { system: 'edu', settings: { accessTokenGraceMs: -1 } }, 422, 'setting-not-allowed', 'accessTokenGraceMs of edu cannot be "-1". It allows numbers from 0 to 60000.'],
  ['PUT', '/settings', { system: 'edu', settings: { accessTokenGraceMs: 'x' } }, 422, 'setting-not-allowed', 'accessTokenGraceMs of edu cannot be "x". It allows numbers from 0 to 60000.'],
  ['PATCH', '/sms/settings', { system: 'im', source: 'sequence' }, 422, 'not-available', 'im sends no SMS, so there is nothing to set.'],
  ['PATCH', '/sms/settings', { system: 'trid', source: 'sequence' }, 422, 'not-available', 'trid always sends the fixed code; its contract says so.'],
  ['PATCH', '/sms/settings', { system: 'live', operator: 'down' }, 422, 'not-available', 'live has no answer for an SMS operator that fails.'],
  ['DELETE', '/sockets/socket-7', undefined, 404, 'no-such-socket', 'There is no open connection "socket-7". There are none.'],
  ['POST', '/sessions', { system: 'live', user: 'nobody' }, 404, 'no-such-user', 'live has no user "nobody". Give the id or one of these fields of the user: mobile, nickname. GET …/users lists them all.'],
  ['POST', '/sessions', { system: 'edu', user: '13800001001' }, 409, 'ambiguous-user', 'Several users of edu are called "13800001001": 5e0000000000000000001001 (realm s), 5e0000000000000000001103 (realm t). Say which by "realm" or by the id.'],
  ['POST', '/sessions', { system: 'edu', user: 'nobody', realm: 's' }, 404, 'no-such-user', 'edu has no user "nobody" in the realm "s". Give the id or one of these fields of the user: phone, nick. GET …/users lists them all.'],
  ['PUT', '/scenario', { name: 'busy-channel' }, 404, 'no-such-scenario', 'No system has a scenario "busy-channel". There are expired-token, forced-update, kicked-out, many-orders, many-teachers, no-orders, crowded, full-inbox, logged-in, message-gallery, session-ends, unconfirmed, busy-channels, nobody-on-air, just-asked, tokens-expired. Did you mean "busy-channels"?'],
  ['PUT', '/scenario', { name: 'busy', system: 'live' }, 404, 'no-such-scenario', 'live has no scenario "busy". There are busy-channels, nobody-on-air.'],
  ['PUT', '/network', { network: '4g' }, 422, 'no-such-network', 'There is no network "4g". There are 3g, subway, offline. Did you mean "3g"?'],
  ['PUT', '/maintenance', { system: 'liv', status: 'upgrading' }, 404, 'no-such-system', 'No system is called "liv". This server plays edu, im, live, trid. Did you mean "live"?'],
  ['POST', '/users/ban', { system: 'live', user: '1' }, 422, 'not-available', 'live knows no bans; those that do: edu.'],
  ['GET', '/requests/wait?timeout=0&operationId=liveLogin', undefined, 404, 'no-matching-request', 'No request to "here" that fits came within 0 ms; none came at all. GET …/requests shows what the journal holds.'],
  ['PUT', '/outages', { system: 'live', out: ['databse'] }, 422, 'no-such-outage', 'live does not know the outage "databse". There are internal, database. Did you mean "database"?'],
  ['PUT', '/outages', { out: ['databse'] }, 422, 'no-such-outage', 'No system knows the outage "databse". There are internal, database, smsOperator, thirdParty, callProvider, network. Did you mean "database"?'],
  ['POST', '/sockets/packets', { system: 'im', user: '13800004001', packet: {} }, 422, 'packet-misfit', 'A packet is one message or a list of some, with info as [{ "category": "0", "content": "…" }]; what is left out of chatId, fromId, toId, type and createTime is filled in. One that fits: {"fromId":"u-4002","chatId":"c-4001-4002","type":"1","info":[{"category":"0","content":"周六上午图书馆见？"}]}.'],
  ['POST', '/sockets/packets', { system: 'live', user: '1', packet: {} }, 422, 'no-such-socket', 'live has no socket. There are none.'],
  ['POST', '/sockets/packets', { system: 'im', user: '13800004001', socket: 'imPsh', packet: {} }, 422, 'no-such-socket', 'im has no socket "imPsh". There are imPush.'],
  ['GET', '/db/live/users?_expand=x', undefined, 400, 'invalid-request', '_expand is not supported here: read the other collection by itself.'],
  ['GET', '/db/liv/users', undefined, 404, 'no-such-system', 'No system is called "liv". This server plays edu, im, live, trid. Did you mean "live"?'],
  ['POST', '/sessions/kick', { system: 'edu', user: '13800001002', realm: 's', session: 'x' }, 400, 'invalid-request', '"session" is no field of the body; there are system, user, realm, by. See kickUser in /__admin/openapi.json.'],
  ['GET', '/sms?system=liv', undefined, 404, 'no-such-system', 'No system is called "liv". This server plays edu, im, live, trid. Did you mean "live"?'],
  ['GET', '/requests?system=live&operationId=imLogin', undefined, 400, 'invalid-request', 'live has no operation "imLogin". Did you mean "liveLogin"?'],
  ['GET', '/requests?status=2xxx', undefined, 400, 'invalid-request', '"status" must be integer. See listRequests in /__admin/openapi.json.'],
  ['PUT', '/clock', { now: 'soon' }, 400, 'invalid-request', '"now" must be a moment in ISO 8601 with a zone, such as 2026-01-31T08:30:00Z. See setClock in /__admin/openapi.json.'],
  ['DELETE', '/faults/fault-7', undefined, 404, 'no-such-fault', 'There is no fault rule "fault-7". There are none.'],
  ['GET', '/clock/expiring?until=1900-01-01T00:00:00Z', undefined, 422, 'clock-out-of-range', '"1900-01-01T00:00:00Z" is no moment that a clock can show. Give one from 1970-01-01T00:00:00.000Z to 2999-12-31T23:59:59.999Z, such as 2026-01-31T08:30:00Z.'],
  ['POST', '/db/edu/files', { name: 'x.png', mediaType: 'image/png', hash: 'ab', size: 3 }, 422, 'record-misfit', 'The record breaks the schema of edu/files: hash must have the form ^[0-9a-f]{64}$.'],
  ['DELETE', '/db/live/users/77', undefined, 404, 'no-such-record', 'live/users has no record "77".'],
  ['PUT', '/db/live/users/77', { id: 77 }, 404, 'no-such-record', 'live/users has no record "77".'],
  ['PUT', '/clock', '{"now":', 400, 'invalid-request', /^The body is no JSON: .+\.$/],
  ['PUT', '/clock', '[]', 400, 'invalid-request', 'The body must be a JSON object.'],
  ['PUT', '/clock?now=2026-01-31T08:30:00Z', { now: '2026-01-31T08:30:00Z' }, 400, 'invalid-request', '"now" is no query parameter; there are none. See setClock in /__admin/openapi.json.'],
  ['PUT', '/backends/live', { url: 'http://127.0.0.1:1', operations: { liveLogn: 'real' } }, 422, 'backend-misfit', 'There is no operation and no tag "liveLogn" in live. Did you mean "liveLogin"?'],
] as const)('%s %s %o', async (method, path, body, status, kind, detail) => {
  const here = box('here')
  const answer = await here.admin(method, path, body)
  expect([answer.status, kindOf(answer), answer.json?.['detail']]).toEqual([status, kind, typeof detail === 'string' ? detail : expect.stringMatching(detail)])
})

test.each([
  ['GET', '/db/live/channel', undefined, { known: ['users', 'channels', 'sessions', 'smsCodes'] }],
  ['PUT', '/clock?x=1', { now: '2026-01-31T08:30:00Z' }, { errors: [{ field: 'x', message: 'is no query parameter; there are none' }] }],
] as const)('%s %s tells programs as well what there is instead', async (method, path, body, more) => {
  expect((await box('here').admin(method, path, body)).json).toMatchObject(more)
})

test('whoever waited in vain is told how many came that he did not wait for', async () => {
  const here = box('waiting')
  const waiting = here.admin('GET', '/requests/wait?timeout=400&operationId=liveLogin')
  for (let i = 0; i < 3; i++) await here.call('/live/auth/code?mobile=13800003001')
  expect((await waiting).json).toMatchObject({ status: 404, detail: expect.stringMatching(/^No request to "waiting" that fits came within 400 ms; [1-3] came that do not fit\. GET …\/requests shows what the journal holds\.$/) as unknown })
})

test('a clock goes no further than it can show, and a sandbox that is not there cannot go back', async () => {
  const [here, nobody] = [box('late'), box('nobody')]
  await here.admin('PUT', '/clock', { now: '2990-01-01T00:00:00Z' })
  expect((await here.admin('POST', '/clock/advance', { by: 'P20Y' })).json).toMatchObject({ status: 422, detail: 'The clock would go beyond 2999-12-31T23:59:59.999Z. Set it back with PUT …/clock.' })
  expect((await nobody.admin('POST', '/rewind', { to: 7 })).json).toMatchObject({ status: 404, detail: 'There is no sandbox "nobody" yet. It comes into being with the first call to it, or with POST /__admin/sandboxes.' })
  await here.call('/live/auth/code?mobile=13800003001')
  expect((await here.admin('POST', '/rewind', { to: 7 })).json).toMatchObject({ status: 422, detail: expect.stringMatching(/^"late" cannot go back to call 7\. It can go back to /) as unknown })
  expect((await admin('POST', '/sandboxes', { name: 'late' })).json).toMatchObject({ status: 409, detail: 'There is a sandbox "late" already. Choose another name, delete it, or reset it.' })
})
