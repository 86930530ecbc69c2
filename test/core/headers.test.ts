/** Which headers of a call a real backend gets. */
import { expect, test } from 'vitest'
import { outgoingHeaders } from '../../src/core/backends/headers.js'

test('a backend gets what the app says, and nothing that is between two ends, for this server or of a page that it knows nothing of', () => {
  const apps = { 'authorization': 'Bearer t', 'accept-language': 'zh', 'cookie': 'a=1', 'x-many': ['1', '2'] }
  // What only has such a name in it, or bears one by which nothing here is meant, is the app's own.
  const alike = { 'x-understudy-note': '1', 'not-sec-fetch-mode': '2', 'x-access-control-list': '3' }
  const staying = {
    'host': 'localhost', 'content-length': '3', 'transfer-encoding': 'chunked', 'prefer': 'delay=1', 'origin': 'http://page.example', 'referer': 'http://page.example/',
    'understudy-sandbox': 'alice', 'sec-fetch-mode': 'cors', 'access-control-request-method': 'GET', 'connection': 'close, X-Between', 'x-between': 'two ends', 'x-absent': undefined,
  }
  expect(outgoingHeaders({ ...apps, ...staying, ...alike }, [], ['one', 'two'])).toEqual({ ...apps, ...alike, 'accept-encoding': 'gzip, deflate, br', 'understudy-hops': 'one, two' })
  expect(outgoingHeaders({ 'x-absent': undefined }, [], [])).not.toHaveProperty('x-absent')
})

test('a backend gets no header that has in it what is hidden', () => {
  expect(Object.keys(outgoingHeaders({ 'authorization': 'Bearer open-sesame', 'x-note': 'it opens', 'x-many': ['a', 'open-sesame'] }, ['open-sesame'], []))).toEqual(['x-note', 'accept-encoding', 'understudy-hops'])
})
