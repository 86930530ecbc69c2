/** Resident memory after the same load: so many requests, not so many seconds, or a faster server would have more to remember. */
import { createClient } from './client.js'
import type { Contender } from './contenders.js'
import { type Running, start } from './process.js'
import { median } from './rounds.js'

const CONNECTIONS = 32
/** So many numbers log in, again and again. */
const NUMBERS = 20_000

/**
 * @param requests how many each contender gets: sessions of four, or codes and lists where it knows no logins
 * @param times how often, each time with a new process
 * @returns the median MiB by name
 */
export async function measureMemory(contenders: readonly Contender[], requests: number, times: number, say: (line: string) => void): Promise<Map<string, number>> {
  const taken = new Map<string, number[]>()
  for (let i = 0; i < times; i++) {
    for (const contender of contenders) {
      const server = await start(contender)
      try {
        await sendAll(server, requests)
        const memory = server.memory()
        taken.set(contender.name, [...(taken.get(contender.name) ?? []), memory])
        say(`${contender.name}: ${memory.toFixed(0)} MiB after ${requests.toLocaleString('en')} requests`)
      } finally {
        await server.stop()
      }
    }
  }
  return new Map([...taken].map(([name, values]) => [name, median(values)]))
}

async function sendAll({ port, contender }: Running, requests: number): Promise<void> {
  const base = `http://127.0.0.1:${String(port)}${contender.base}`
  const call = createClient(CONNECTIONS)
  const knowsLogins = contender.works.includes('session')
  let next = 0
  const work = async () => {
    while (next < requests / 4) {
      const mobile = `139${String(next++ % NUMBERS).padStart(8, '0')}`
      if (contender.works.includes('code')) await call(`${base}/auth/code?mobile=${mobile}`)
      const answer = knowsLogins ? await call(`${base}/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ mobile, auth_code: '123456' }) }) : ''
      const authorization = Buffer.from(/"api_key":"([^"]+)"/.exec(answer)?.[1] ?? 'x').toString('base64')
      await call(`${base}/channels/live`, { headers: { authorization } })
      if (knowsLogins) await call(`${base}/auth/logout`, { method: 'POST', headers: { authorization } })
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}
