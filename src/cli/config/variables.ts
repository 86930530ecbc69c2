/** The variables of the environment that are meant for a stub. */
import type { Command } from 'commander'
import { guess } from '../../core/guess.js'
import { systems } from '../../generated/systems.js'

const PREFIX = 'UNDERSTUDY_'
/** Variables that no flag reads. */
const OTHERS = ['URL', 'SANDBOX', 'CONFIG_DIR'].map((name) => PREFIX + name)

/** @returns the variables with our prefix that are set */
export function ownVariables(env: NodeJS.ProcessEnv = process.env): readonly string[] {
  return Object.keys(env).filter((name) => name.startsWith(PREFIX)).sort()
}

/** @returns those of them that nothing reads, each with the one that is probably meant; null where none is near */
export function unreadVariables(flags: Command, env: NodeJS.ProcessEnv = process.env): readonly { readonly name: string; readonly meant: string | null }[] {
  const known = [...OTHERS, ...flags.options.flatMap(({ envVar }) => envVar ?? []), ...Object.keys(systems).map((id) => `${PREFIX}${id.toUpperCase()}_URL`)]
  return ownVariables(env).filter((name) => !known.includes(name)).map((name) => {
    const meant = guess(name.slice(PREFIX.length), known.map((one) => one.slice(PREFIX.length)))
    return { name, meant: meant === null ? null : PREFIX + meant }
  })
}
