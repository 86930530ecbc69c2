/**
 * `npm run build`: writes `dist`. Plain JavaScript, and tsdown's function rather than its command: every `npm start` waits for it, and the command
 * tells whoever has Node.js 20 that it is deprecated, which is tsdown's own plan for later versions and nothing that a user of Understudy could act on.
 *   --js      leaves out the types and what only CommonJS needs; the started server needs neither
 *   --pack    leaves out of `dist` what earlier builds have left there, so that it is not packed
 *   --packed  builds nothing and puts that back
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'tsdown'

const LIST = '.build.json'
/** Whoever packs a few times while a stub runs does not take anything from it. */
const BUILDS_KEPT = 8
const NEXT = 'dist.next-'
/** Whoever has this folder is putting a build in place of another, which is done in a moment. */
const LOCK = 'dist.lock'
const [LOOK_AGAIN, SECOND, HOUR] = [20, 1000, 3_600_000]

const { values } = parseArgs({ options: { js: { type: 'boolean', default: false }, pack: { type: 'boolean', default: false }, packed: { type: 'boolean', default: false } } })
if (!values.packed) {
  // Of its own: another may be building at the same moment.
  const next = `${NEXT}${randomUUID()}`
  // Read by tsdown.config.ts.
  process.env['UNDERSTUDY_BUILD'] = values.js ? 'js' : 'all'
  process.env['UNDERSTUDY_OUT'] = next
  try {
    await build({ logLevel: values.js ? 'error' : 'info' })
    alone(() => {
      replaceDist(next)
      if (!values.pack) bringBack()
    })
  } finally {
    // Also what was broken off long ago.
    for (const name of readdirSync('.')) if (name === next || (name.startsWith(NEXT) && ageOf(name) > HOUR)) rmSync(name, { recursive: true, force: true })
  }
} else alone(bringBack)

/** Another stub may be running from `dist`, so it is never empty: what is new takes its place when it is whole. */
function replaceDist(next) {
  const own = readdirSync(next, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => relative(next, join(parentPath, name)))
  writeFileSync(join(next, LIST), JSON.stringify([own, ...listsIn('dist')].slice(0, BUILDS_KEPT)))
  // Where packing was broken off, what is to be brought back lies there yet.
  if (existsSync('dist.old')) bringBack()
  if (existsSync('dist')) renameSync('dist', 'dist.old')
  renameSync(next, 'dist')
}

/** What that stub has not loaded yet stays beside what is new for some builds more, under the names that it knows. */
function bringBack() {
  for (const file of new Set(listsIn('dist').flat())) {
    if (existsSync(join('dist', file)) || !existsSync(join('dist.old', file))) continue
    mkdirSync(join('dist', dirname(file)), { recursive: true })
    renameSync(join('dist.old', file), join('dist', file))
  }
  rmSync('dist.old', { recursive: true, force: true })
}

/** @returns the files of the build in the folder, and of those before it */
function listsIn(folder) {
  return existsSync(join(folder, LIST)) ? JSON.parse(readFileSync(join(folder, LIST), 'utf8')) : []
}

/** Does something to `dist` while nobody else does. One who was killed in the midst of it is waited for ten seconds. */
function alone(work) {
  for (;;) {
    try {
      mkdirSync(LOCK)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      // Where the clock was put back it may also be of a time to come.
      if (Math.abs(ageOf(LOCK)) > 10 * SECOND) rmSync(LOCK, { recursive: true, force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN)
    }
  }
  try {
    // One who was killed between the two steps of putting another build in its place.
    if (existsSync('dist.old') && !existsSync('dist')) renameSync('dist.old', 'dist')
    work()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

/** @returns real milliseconds since the folder was made or changed; 0 where it is gone */
function ageOf(folder) {
  return Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
}
