/** Completion for bash. */
import type { CompletionPlace } from './places.js'

/** @returns a script that bash reads; names of commands and flags have no characters in them that bash would take for its own */
export function bashScript(places: readonly CompletionPlace[]): string {
  const commands = places.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`)
  const values = places.flatMap(({ path, values: known }) => known.map(([flag, choices]) => `    "${path} ${flag}") COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`))
  return `_understudy() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" at="" further i
  for ((i = 1; i < COMP_CWORD; i++)); do
    further="\${at:+$at }\${COMP_WORDS[i]}"
    case "$further" in
      ${commands.join('|')}) at="$further" ;;
    esac
  done
  case "$at $before" in
${values.join('\n')}
  esac
  case "$at" in
${places.map(({ path, words }) => `    "${path}") COMPREPLY=($(compgen -W "${words.map(({ text }) => text).join(' ')}" -- "$current")) ;;`).join('\n')}
  esac
}
complete -o default -F _understudy understudy
`
}
