/** What is said of a command line that is none: one sentence, with what was probably meant. */
import pc from 'picocolors'
import { didYouMean } from '../core/guess.js'
import { printAside } from './output.js'

/** Prints what the parser of the command line has to say, in the words and colours of the other errors. */
export function printUsageError(text: string): void {
  const [, said = text.trimEnd(), meant] = /^(?:error: )?(.*?)(?:\n\(Did you mean (.*)\?\))?\n?$/s.exec(text) ?? []
  const advice = meant === undefined ? choiceMeant(said) : `. Did you mean ${meant.startsWith('one of ') ? meant : JSON.stringify(meant)}?`
  // The parser makes two sentences of what is wrong and why, without a capital letter.
  printAside(`${pc.red('error:')} ${said.replace(/' is invalid\. (?=[a-z])/, "' is invalid: ")}${advice}\n`)
}

/** It guesses commands and flags, and not their values. */
function choiceMeant(said: string): string {
  const [, given, choices] = /'([^']*)' is invalid.* Allowed choices are (.*)\.$/s.exec(said) ?? []
  return given === undefined || choices === undefined ? '' : didYouMean(given, choices.split(', '))
}
