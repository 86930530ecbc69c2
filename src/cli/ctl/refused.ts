/** What the control plane refused, in the words of whoever typed the command. */
import type { Command } from 'commander'
import type { ControlError } from '../../client/control.js'

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
  'by.platform': '--platform',
  'by.label': '--device',
  'by.client': '--client',
  'fault.min': '--latency',
  'fault.max': '--latency',
  'fault.milliseconds': '--slow',
}

/**
 * @param command the one that was typed
 * @returns what is wrong in terms of its flags and arguments; the refusal's own sentence where it names no field
 */
export function inFlags({ problem }: ControlError, command: Command): Error {
  const { errors = [], detail } = problem
  if (errors.length === 0) return new Error(detail)
  return new Error(errors.map(({ field, message }) => (field === null ? message : `${flagOf(field, command)} ${message}`)).join('; '))
}

function flagOf(field: string, command: Command): string {
  const last = field.split('.').at(-1) ?? field
  const option = command.options.find((candidate) => candidate.attributeName() === last)
  if (option?.long) return option.long
  const argument = command.registeredArguments.find((candidate) => candidate.name() === last)
  return argument === undefined ? (FLAGS[field] ?? field) : `<${last}>`
}
