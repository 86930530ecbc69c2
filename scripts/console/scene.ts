/** A quarter of an hour of two apps, in a few calls: something to be seen on every panel. */

/** @param url of a stub that plays live, edu and job */
export async function play(url: string): Promise<void> {
  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    await fetch(url + path, { method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }
  const admin = (method: string, path: string, body?: object) => call(method, `/__admin/sandboxes/default${path}`, body)
  await call('GET', '/live/auth/code?mobile=13800003001')
  await call('POST', '/live/auth/login', { mobile: '13800003001', auth_code: '123456' })
  await call('GET', '/live/auth/code?mobile=13800003002')
  await call('POST', '/live/auth/login', { mobile: '13800003002', auth_code: '000000' })
  await call('GET', '/live/channel')
  await admin('POST', '/sessions', { system: 'edu', user: '13800001002', device: { label: 'iPhone 15', platform: 'ios' } })
  await admin('POST', '/sessions', { system: 'job', user: '13800002002', device: { label: 'Xiaomi 14', platform: 'android' } })
  await admin('POST', '/clock/advance', { by: 'PT4M' })
  await call('GET', '/live/channels/list?page=1')
  await call('GET', '/live/auth/code?mobile=13800003003')
  await admin('POST', '/clock/advance', { by: 'PT5M' })
  await admin('POST', '/faults', { system: 'live', operationId: 'liveLogin', fault: { kind: 'error', error: 'API_INVALID_AUTH_CODE' }, times: 2, probability: 1 })
  await call('POST', '/live/auth/login', { mobile: '13800003003', auth_code: '123456' })
  await admin('POST', '/faults', { fault: { kind: 'latency', min: 300, max: 800 }, probability: 0.5 })
  await admin('PUT', '/maintenance', { system: 'trid', status: 'upgrading' })
}
