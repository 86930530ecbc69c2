import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createExpress } from '../src/hosts/node/express.js'

test('requests and responses have the prototypes of the application before it sees them', async () => {
  const { app, server } = createExpress()
  const prototypes: (object | null)[] = []
  server.prependListener('request', (request, response) => {
    prototypes.push(Reflect.getPrototypeOf(request), Reflect.getPrototypeOf(response))
  })
  app.get('/greeting', (request, response) => {
    prototypes.push(Reflect.getPrototypeOf(request), Reflect.getPrototypeOf(response))
    response.status(201).json({ path: request.path, isOurs: request.app === app && response.app === app })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo // it listens on TCP
    const answer = await fetch(`http://127.0.0.1:${String(port)}/greeting`)
    expect(answer.status).toBe(201)
    expect(await answer.json()).toEqual({ path: '/greeting', isOurs: true })
    expect(answer.headers.get('etag')).toBeNull()
    expect(answer.headers.get('x-powered-by')).toBeNull()
    const [bornRequest, bornResponse, seenRequest, seenResponse] = prototypes
    expect(seenRequest).toBe(bornRequest)
    expect(seenResponse).toBe(bornResponse)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})
