/**
 * `npm run prism -- <system> [--port 4020]`: a mock of one system, by Prism, from its bundled document alone. It keeps no state.
 * `Prefer: example=SMS_CODE_INVALID` answers that failure, `Prefer: code=503, example=INTERNAL_ERROR` with one of its HTTP statuses.
 */
import { parseArgs } from 'node:util'
import { documentIds } from './generate/document.js'
import { startMock } from './judge/mock.js'

const { values, positionals: [id = ''] } = parseArgs({ options: { port: { type: 'string', default: '4020' } }, allowPositionals: true })
const systems = documentIds('.').filter((name) => name !== 'control') // which has no failures to ask for
const port = Number(values.port)

if (!systems.includes(id) || !Number.isInteger(port)) {
  console.error(`usage: npm run prism -- <${systems.join('|')}> [--port 4020]`)
  process.exitCode = 2
} else {
  const mock = await startMock(id, port, (text) => process.stdout.write(text.replaceAll(/^.*(?:Prism is listening|http:\/\/127\.0\.0\.1).*\n/gm, '')))
  console.log(`a mock of ${id} by Prism: ${mock.url}, stop with Ctrl+C`)
  const stop = () => {
    void mock.close()
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
}
