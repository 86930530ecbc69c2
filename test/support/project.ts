/** A project of a user: a folder with this package under `node_modules`, played by its sources. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cliFile, type Ended, beginProcess } from './cli.js'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const EXPORTS = { '.': './src/index.ts', './testing': './src/testing/index.ts', './testing/vitest': './src/testing/vitest.ts', './errors': './src/errors/index.ts', './contract/*': './src/contract/*.ts' }

export class Project {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Makes one in a temporary folder. */
  static async make(): Promise<Project> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'understudy-project-')))
    const modules = join(folder, 'node_modules')
    await mkdir(join(modules, 'understudy'), { recursive: true })
    await mkdir(join(modules, '.bin'))
    await symlink(join(repository, 'src'), join(modules, 'understudy/src'))
    for (const name of ['vitest', 'express', '@types']) await symlink(join(repository, 'node_modules', name), join(modules, name))
    const shim = `#!/bin/sh\nexec "${process.execPath}" "${cliFile}" "$@"\n`
    await writeFile(join(modules, '.bin/understudy'), shim, { mode: 0o755 })
    const project = new Project(folder)
    await project.write('node_modules/understudy/package.json', JSON.stringify({ name: 'understudy', type: 'module', exports: EXPORTS }))
    await project.write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module' }))
    return project
  }

  /** @returns the path of the file */
  async write(name: string, text: string): Promise<string> {
    const file = join(this.folder, name)
    await writeFile(file, text)
    return file
  }

  /** Runs a program in the folder; `understudy` is found as `npx` would find it. */
  run(file: string, args: readonly string[]): Promise<Ended> {
    const path = [join(this.folder, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
    return beginProcess(file, args, { cwd: this.folder, env: { PATH: path } }).ended
  }

  /** Runs tests with Vitest, which loads all of its own once more: on a busy machine that takes longer than it waits for a test by itself. */
  vitest(...files: readonly string[]): Promise<Ended> {
    return this.run(process.execPath, [join(repository, 'node_modules/vitest/vitest.mjs'), 'run', '--root', this.folder, '--testTimeout', '60000', '--hookTimeout', '60000', ...files])
  }

  /** Compiles the files in the folder itself as strictly as this repository. */
  async compile(): Promise<Ended> {
    const config = await this.write('tsconfig.json', JSON.stringify({ extends: join(repository, 'tsconfig.json'), compilerOptions: { typeRoots: ['node_modules/@types'] }, include: ['*.ts', join(repository, 'src/**/*.d.ts')] }))
    return this.run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', config])
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true })
  }
}
