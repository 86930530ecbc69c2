/** The fault `malformed`: a whole answer with the right length, whose body is broken JSON. */
import { bytesOf, type Delivery, mayHaveBody, writeHead } from './delivery.js'

export const malformed: Delivery = (response, reply, method) => {
  const bytes = bytesOf(reply, method)
  // Without its last third and with a stray bracket no JSON text stays one.
  const broken = !mayHaveBody(reply, method) ? bytes : Buffer.concat([bytes.subarray(0, Math.floor((bytes.length * 2) / 3)), Buffer.from('}{')])
  writeHead(response, reply, broken.length)
  response.end(broken)
}
