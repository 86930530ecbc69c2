/** json-server itself, to hold answers against. */
import jsonServer from 'json-server'

/** @returns what json-server says, asked over HTTP's objects with whole records */
export async function askJsonServer(collection: string, records: readonly object[], query: string): Promise<{ readonly found: unknown; readonly total: string | null }> {
  const app = jsonServer.router({ [collection]: records }, { foreignKeySuffix: 'none' })
  const parameters: Record<string, string | string[]> = {}
  for (const name of new Set(new URLSearchParams(query).keys())) {
    const values = new URLSearchParams(query).getAll(name)
    parameters[name] = values.length === 1 ? (values[0] ?? '') : values
  }
  return new Promise<{ found: unknown; total: string | null }>((resolve, reject) => {
    let total: string | null = null
    const note = (name: string, value: string | number) => {
      if (name === 'X-Total-Count') total = String(value)
    }
    const response = { locals: {} as { data?: unknown }, setHeader: note, links: () => undefined }
    app.render = () => {
      resolve({ found: response.locals.data, total })
    }
    app({ method: 'GET', url: `/${collection}`, originalUrl: `/${collection}`, protocol: 'http', headers: {}, query: parameters, _body: true, get: () => 'localhost' }, response, reject)
  })
}
