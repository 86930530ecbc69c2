/** `understudy start --watch`: what is edited is taken over while the stub runs. */
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import pc from 'picocolors'
import { fixturesFolder } from '../../paths.js'
import { legible, legibleLines } from '../../plain/legible.js'
import { messageOf } from '../../plain/message.js'
import type { RunningServer } from '../../server.js'
import type { StageSettings } from '../../stage.js'
import { ConfigError } from '../config/error.js'
import { CONFIG_NAMES } from '../config/file.js'
import { type Resolved, resolveSettings, type StartSettings } from '../config/settings.js'
import { print, printAside } from '../output.js'
import { keepAside } from './aside.js'
import { watchFiles } from './files.js'

/** What a restart alone changes. */
const FIXED = ['port', 'host', 'https', 'adminToken', 'data', 'maxMemory'] as const

/** So many files are named. */
const MOST_NAMED = 3

export interface WatchOptions {
  /** The systems that the command line names. */
  readonly ids: readonly string[]
  /** The one whose flags were given. */
  readonly command: Command
  /** Files and folders that are watched beside those of the settings. */
  readonly sources: readonly string[]
  /** What the server is started with. */
  readonly first: Resolved
  readonly server: Promise<RunningServer>
  /** What a stage is opened with, of these settings. */
  readonly stageOf: (settings: StartSettings) => StageSettings
}

/**
 * Looks after the files that a stub was made of, until the process ends: each edit is taken over at once, or the stub goes on as it was
 * and says why.
 */
export async function watchEdits({ ids, command, sources, first, server, stageOf }: WatchOptions): Promise<void> {
  let resolved = first
  let complaint = ''

  async function takeOver(files: readonly string[]): Promise<void> {
    const running = await server
    try {
      const next = await resolveSettings(ids, command)
      await keepAside(await running.renew(stageOf(next.settings)), next.settings.data)
      const fixed = FIXED.filter((key) => next.settings[key] !== first.settings[key])
      print(`${pc.green('taken over:')} ${inWords(files)}\n${fixed.map((key) => `${key} is another one now; it takes a restart to change it\n`).join('')}`)
      resolved = next
      complaint = ''
      await watching.look([...placesOf(resolved), ...sources])
    } catch (error) {
      const text = messageOf(error)
      // An editor that saves twice does not make it two mistakes.
      if (text !== complaint) printAside(`${pc.red('not taken over:')} ${legibleLines(text)}\nThe stub goes on as it was.\n`)
      complaint = text
      await watching.look([...new Set([...placesOf(resolved), ...sources, ...(error instanceof ConfigError ? error.read : [])])])
    }
  }

  const watching = watchFiles(takeOver)
  await watching.look([...placesOf(resolved), ...sources])
}

function placesOf({ file, settings: { fixtures } }: Resolved): string[] {
  const configs = file === null ? CONFIG_NAMES.map((name) => join(process.cwd(), name)) : file.read
  return [...new Set([...configs, fixtures ?? fixturesFolder])]
}

function inWords(files: readonly string[]): string {
  const names = files.slice(0, MOST_NAMED).map((file) => legible(relative(process.cwd(), file)))
  return files.length > MOST_NAMED ? `${names.join(', ')} and ${String(files.length - MOST_NAMED)} more` : names.join(', ')
}
