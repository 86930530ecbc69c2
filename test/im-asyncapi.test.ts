import { fromFile, Parser } from '@asyncapi/parser'
import { expect, expectTypeOf, test } from 'vitest'
import type { SocketOperationId } from '../src/client/contracts.js'
import { validators } from '../src/generated/im/validators.js'
import { im } from '../src/systems/im/index.js'

const { document, diagnostics } = await fromFile(new Parser(), 'openapi/im.asyncapi.yaml').parse()

/** Which way a message goes, and so which schema it fits. */
const fromClient = new Set(['start', 'restart', 'heartbeat', 'messagePacket', 'confirmation', 'receipt'])

test('the document of the push channel is valid AsyncAPI 3.0', () => {
  // That there is a 3.1 by now is no fault of the document.
  expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')).toEqual([])
  expect(document?.version()).toBe('3.0.0')
})

test('its address is the one that the socket answers at', () => {
  expect(document?.channels().all().map((channel) => channel.address())).toEqual(Object.values(im.sockets).map(({ path }) => path))
})

test('its sockets are those of the code under the names that tests are typed with', () => {
  expect(document?.channels().all().map((channel) => `im${channel.id().charAt(0).toUpperCase()}${channel.id().slice(1)}`)).toEqual(Object.keys(im.sockets))
  expectTypeOf<SocketOperationId<'im'>>().toEqualTypeOf<'imPushOpen' | 'imPushFrame' | 'imPushDelivery'>()
  expectTypeOf<SocketOperationId<'job'>>().toEqualTypeOf<never>()
})

test('every example fits the schema that frames are held against', () => {
  const messages = document?.messages().all() ?? []
  expect(messages).toHaveLength(9)
  for (const message of messages) {
    const examples = message.examples().all()
    expect(examples.length, message.id()).toBeGreaterThan(0)
    const validate = validators.schemas[fromClient.has(message.id()) ? 'ClientFrame' : 'ServerFrame']
    for (const example of examples) expect(validate?.(example.payload()), `${message.id()}: ${JSON.stringify(validate?.errors)}`).toBe(true)
  }
})
