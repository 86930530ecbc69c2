/** What all moves have in common: reaching the stub, and printing what it said. */
import type { Command } from 'commander'
import pc from 'picocolors'
import type { Box } from '../../client/box.js'
import { ControlError } from '../../client/control.js'
import type { Stub } from '../../client/stub.js'
import { guess } from '../../core/guess.js'
import { legibleData } from '../../plain/legible.js'
import { print, printJson, table } from '../output.js'
import { type ReachFlags, reachStub } from '../reach.js'
import { inFlags } from './refused.js'

interface Flags extends ReachFlags {
  readonly sandbox: string
  readonly new?: true
  readonly json?: true
}

/** Where calls go that name no sandbox. */
const DEFAULT = 'default'

/**
 * Makes a move on the sandbox that the flags name and prints what it gave.
 * @param show makes it readable; with `--json` it is printed as it is; null where people get JSON as well
 */
export function move<T>(command: Command, make: (box: Box, stub: Stub) => Promise<T>, show: ((result: T) => string) | null): Promise<void> {
  return ask(command, async (stub) => make(await openSandbox(command, stub), stub), show)
}

/**
 * @returns the sandbox that the flags name
 * @throws Error when there is none of that name, but one whose name is so much like it that it was probably meant
 */
export async function openSandbox(command: Command, stub: Stub): Promise<Box> {
  const { sandbox, new: mayBeNew = false } = command.optsWithGlobals<Flags>()
  if (!mayBeNew && sandbox !== DEFAULT) {
    const names = (await stub.sandboxes()).map(({ name }) => name)
    // Sandboxes that are counted, box-1 and box-2, are meant to be alike.
    const meant = names.includes(sandbox) ? null : guess(sandbox, names.filter((name) => withoutDigits(name) !== withoutDigits(sandbox)))
    if (meant !== null) throw new Error(`there is no sandbox ${JSON.stringify(sandbox)} yet. Did you mean ${JSON.stringify(meant)}? If not, --new makes it.`)
  }
  return stub.sandbox(sandbox)
}

function withoutDigits(name: string): string {
  return name.replaceAll(/\d+/g, '#')
}

/** The same for what no sandbox is needed for, so that none comes into being. */
export async function ask<T>(command: Command, make: (stub: Stub) => Promise<T>, show: ((result: T) => string) | null): Promise<void> {
  const { json } = command.optsWithGlobals<Flags>()
  const result = await make(await reach(command)).catch((error: unknown) => {
    throw error instanceof ControlError ? inFlags(error, command) : error
  })
  if (json || show === null) printJson(result, 2)
  else print(`${show(legibleData(result))}\n`)
}

/** @returns the stub that the flags name */
export async function reach(command: Command): Promise<Stub> {
  return (await reachStub(command.optsWithGlobals<Flags>())).stub
}

/** @returns rows under a heading, or a word when there are none */
export function list(heading: readonly string[], rows: readonly (readonly (string | number | boolean | null)[])[], none: string): string {
  if (rows.length === 0) return none
  const [first = '', ...rest] = table([heading, ...rows.map((row) => row.map((cell) => String(cell ?? '-')))]).split('\n')
  return [pc.dim(first), ...rest].join('\n')
}

/** @returns an object without the keys that were left out, as the control plane wants it */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> } // what is undefined has just gone
}
