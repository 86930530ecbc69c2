/** The configuration file, `understudy.config.ts`: what a project wants its stub to be, once for every command. */
import type { Engine } from './core/engine/engine.js'
import type { StubOptions } from './stub-options.js'

/** What a configuration file may say. A flag of the command line is stronger than the file, the file than a variable of the environment. */
export interface UnderstudyConfig extends Pick<
  StubOptions,
  'systems' | 'port' | 'host' | 'https' | 'seed' | 'scale' | 'fixtures' | 'journal' | 'maxSandboxes' | 'maxMemory' | 'sockets' | 'backends' | 'networks' | 'adminToken' | 'allowedOrigins' | 'prefer'
> {
  /** Keep sandboxes in this folder, so that they outlive the stub. Like `fixtures`, it is looked for from where the file lies. */
  readonly data?: string
  /** How sandboxes are kept: an address of Redis, or an engine such as `redisEngine(…)`. Either this or `data`. */
  readonly engine?: string | Engine
  /** False: there is no control plane. */
  readonly admin?: boolean
}

/**
 * Types a configuration file: `export default defineConfig({ systems: ['live'], port: 4020 })`.
 * @returns the same configuration
 */
export function defineConfig(config: UnderstudyConfig): UnderstudyConfig {
  return config
}
