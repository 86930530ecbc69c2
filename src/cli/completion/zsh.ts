/** Completion for zsh. */
import type { CompletionPlace, Word } from './places.js'

/** @returns a script that zsh reads, behind `compinit` */
export function zshScript(places: readonly CompletionPlace[]): string {
  const commands = places.filter(({ path }) => path !== '').map(({ path }) => `"${path}"`)
  const values = places.flatMap(({ path, values: known }) => known.map(([flag, choices]) => `    "${path} ${flag}") compadd -- ${choices.join(' ')}; return ;;`))
  return `_understudy() {
  local at="" further word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    further="\${at:+$at }$word"
    case "$further" in
      ${commands.join('|')}) at="$further" ;;
    esac
  done
  case "$at \${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  local -a known
  case "$at" in
${places.map(({ path, words }) => `    "${path}") known=(${words.map(entry).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'understudy' known || _files
}
compdef _understudy understudy
`
}

/** A word and what it means, with a colon between. */
function entry({ text, what }: Word): string {
  return `'${text.replaceAll(':', '\\:')}:${what.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`
}
