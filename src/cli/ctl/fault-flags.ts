/** The flags of `understudy ctl faults add` that say what goes wrong; each kind of fault brings its own. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { FaultFlag } from '../../core/faults/kind.js'
import { type Fault, faultKinds } from '../../core/faults/kinds.js'

const FLAGS = faultKinds.flatMap(({ flags }): readonly FaultFlag<Fault>[] => flags)

/** Adds them all. */
export function addFaultFlags(command: Command): void {
  for (const flag of FLAGS) command.addOption(optionOf(flag))
}

/** @returns the fault that the flags say, or the exit that tells which there are */
export function faultOf(flags: Readonly<Record<string, unknown>>, command: Command): Fault {
  const given = FLAGS.find((flag) => flags[keyOf(flag)] !== undefined)
  return given?.read(String(flags[keyOf(given)])) ?? command.error(`error: say what goes wrong with one of ${FLAGS.map(({ name }) => `--${name}`).join(', ')}`)
}

/** @returns the flag that says what goes wrong, as it was typed; null where there is none */
export function faultFlag(command: Command): string | null {
  const given = FLAGS.find((flag) => command.getOptionValue(keyOf(flag)) !== undefined)
  return given === undefined ? null : `--${given.name}`
}

/** A flag may stand alone only: each says all that goes wrong. */
function optionOf(flag: FaultFlag<Fault>): Option {
  const { name, value, description, expected } = flag
  const option = new Option(value === null ? `--${name}` : `--${name} ${value}`, description).conflicts(FLAGS.filter((other) => other.name !== name).map(keyOf))
  return expected === undefined
    ? option
    : option.argParser((text) => {
        if (flag.read(text) === null) throw new InvalidArgumentError(expected)
        return text
      })
}

/** What commander keeps the value of a flag under. */
function keyOf({ name }: FaultFlag<Fault>): string {
  return new Option(`--${name}`).attributeName()
}
