/** What can be typed where, read off the commands themselves. */
import type { Argument, Command, Option } from 'commander'

/** A word that can be typed. */
export interface Word {
  readonly text: string
  /** For people, in one line. */
  readonly what: string
}

/** Behind some commands, what can come next. */
export interface CompletionPlace {
  /** The commands before it, with spaces between; empty at the beginning. */
  readonly path: string
  readonly words: readonly Word[]
  /** Flag -> the values that it takes, where these are known. */
  readonly values: readonly (readonly [flag: string, choices: readonly string[]])[]
}

/**
 * @param systems what an argument called `system` can be
 * @returns every place of the program
 */
export function placesOf(program: Command, systems: readonly string[]): readonly CompletionPlace[] {
  return below(program, [], [], systems)
}

function below(command: Command, path: readonly string[], inherited: readonly Option[], systems: readonly string[]): readonly CompletionPlace[] {
  const options = [...command.options.filter(({ hidden }) => !hidden), ...inherited]
  const commands = command.commands.map((one): Word => ({ text: one.name(), what: lineOf(one.summary() || one.description()) }))
  const flags = options.flatMap(({ long, description }): Word[] => (long ? [{ text: long, what: lineOf(description) }] : []))
  const place: CompletionPlace = {
    path: path.join(' '),
    words: [...commands, ...command.registeredArguments.flatMap((argument) => choicesOf(argument, systems)), ...flags, { text: '--help', what: 'show what there is' }],
    values: options.flatMap(({ long, argChoices }) => (long && argChoices !== undefined ? [[long, argChoices] as const] : [])),
  }
  // What is said behind the name of the program is no flag of a command.
  const further = path.length === 0 ? [] : options
  return [place, ...command.commands.flatMap((one) => below(one, [...path, one.name()], further, systems))]
}

function choicesOf(argument: Argument, systems: readonly string[]): readonly Word[] {
  const choices = argument.argChoices ?? (argument.name() === 'system' ? systems : [])
  return choices.map((text) => ({ text, what: argument.name() }))
}

function lineOf(text: string): string {
  return text.split('\n')[0] ?? ''
}
