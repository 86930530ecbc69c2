/** What the fixtures of every test runner share: where the stub comes from, and what is kept when a test fails. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Box } from '../client/box.js'
import { ControlError } from '../client/control.js'
import { connect, type Stub } from '../client/stub.js'
import { refuseUnknownOptions } from '../core/guess.js'
import { createStub, type StubOptions } from '../stub.js'
import { stubOptionNames } from '../stub-options.js'

export interface FixtureOptions extends StubOptions {
  /** A stub that runs elsewhere; `UNDERSTUDY_URL` when left out, which `understudy exec` sets. Without either, one is started in this process. */
  readonly url?: string | undefined
  /** Its admin token, if it is open to other machines; `UNDERSTUDY_ADMIN_TOKEN` when left out. */
  readonly token?: string | undefined
}

/**
 * @returns the stub that runs already, or one of this process's own
 * @throws as `createStub` and `connect`
 */
export async function openStub({ url = process.env['UNDERSTUDY_URL'], token = process.env['UNDERSTUDY_ADMIN_TOKEN'], ...options }: FixtureOptions): Promise<Stub> {
  refuseUnknownOptions('The fixture', options, stubOptionNames)
  return url === undefined ? createStub(options) : connect(url, token === undefined ? {} : { token })
}

/** What a failed test leaves behind. */
export interface Evidence {
  readonly name: string
  /** JSON text. */
  readonly body: string
}

/** @returns the sandbox as a file that replays it, or why there can be none, and all the calls that it got */
export async function gather(box: Box): Promise<Evidence[]> {
  const [snapshot, requests] = await Promise.all([takeSnapshot(box), box.requests.list({ limit: 10_000 })])
  return [
    snapshot,
    { name: 'requests.json', body: JSON.stringify(requests.reverse(), null, 2) },
  ]
}

/** A sandbox may hold more than a snapshot does. */
async function takeSnapshot(box: Box): Promise<Evidence> {
  try {
    return { name: 'snapshot.json', body: JSON.stringify(await box.snapshot(), null, 2) }
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    return { name: 'no-snapshot.json', body: JSON.stringify(error.problem, null, 2) }
  }
}

/** So many tests of one name leave a folder; more of them tell nothing new. */
const MOST_FOLDERS = 100

/**
 * Writes the evidence into a folder of its own. Tests of one name (`test.each`, two files, retries) leave one each: `…-2`, `…-3`.
 * @returns the folder
 * @throws Error when it cannot be written, or there are a hundred of this name
 */
export async function keep(evidence: readonly Evidence[], folder: string, title: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const place = await makeFolder(join(folder, title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '').slice(0, 100) || 'test'))
  for (const { name, body } of evidence) await writeFile(join(place, name), `${body}\n`)
  return place
}

/** Of processes that run at once only one can make a folder; the others go on to the next. */
async function makeFolder(wanted: string): Promise<string> {
  for (let count = 1; count <= MOST_FOLDERS; count++) {
    const place = count === 1 ? wanted : `${wanted}-${String(count)}`
    try {
      await mkdir(place)
      return place
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
  throw new Error(`${wanted} and ${String(MOST_FOLDERS - 1)} more like it are there already; delete them to keep another`)
}
