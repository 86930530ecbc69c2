/** What the control plane refused, in the words of whoever typed the command. */
import type { Command } from 'commander'
import type { ControlError } from '../../client/control.js'
import { faultFlag } from './fault-flags.js'

/** Fields of the control plane that commands call otherwise. */
const FLAGS: Readonly<Record<string, string>> = {
  name: '--sandbox',
  sandbox: '--sandbox',
  by: '<duration>',
  now: '<moment>',
  at: '[moment]',
  httpStatus: '--http',
  operationId: '--operation',
  token: '--which',
  q: '--query',
  'by.platform': '--platform',
  'by.label': '--device',
  'by.client': '--client',
}

/**
 * @param command the one that was typed
 * @returns what is wrong in terms of its flags and arguments; the refusal's own sentence where it names no field
 */
export function inFlags({ problem }: ControlError, command: Command): Error {
  const { errors = [], detail } = problem
  if (errors.length === 0) return new Error(inCommands(detail, command))
  return new Error(errors.map(({ field, message }) => (field === null ? message : `${flagOf(field, command)} ${message}`)).join('; '))
}

/** What sentences of the control plane tell to call, and the command that does it. */
const CALLS: Readonly<Record<string, string>> = {
  'GET …/history': 'understudy ctl history',
  'GET …/sessions': 'understudy ctl sessions',
  'GET …/users': 'understudy ctl users',
  'GET …/requests': 'understudy ctl requests',
  'DELETE …/faults': 'understudy ctl faults clear',
  'PUT …/clock': 'understudy ctl clock set',
}

/** A sentence in which fields and calls of the control plane are flags and commands. */
function inCommands(sentence: string, command: Command): string {
  return sentence
    .replaceAll(/\b[A-Z]+ …\/\w+/g, (call) => (CALLS[call] === undefined ? call : JSON.stringify(CALLS[call])))
    .replaceAll(/\bby "(\w+)"/g, (words, name: string) => `by ${command.options.find((option) => option.attributeName() === name)?.long ?? words.slice('by '.length)}`)
}

function flagOf(field: string, command: Command): string {
  const fault = field.startsWith('fault.') ? faultFlag(command) : null
  if (fault !== null) return fault
  const last = field.split('.').at(-1) ?? field
  const option = command.options.find((candidate) => candidate.attributeName() === last)
  if (option?.long) return option.long
  const argument = command.registeredArguments.find((candidate) => candidate.name() === last)
  return argument === undefined ? (FLAGS[field] ?? field) : `<${last}>`
}
