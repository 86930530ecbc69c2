/** Completion for fish. */
import type { CompletionPlace } from './places.js'

/** @returns a script that fish reads */
export function fishScript(places: readonly CompletionPlace[]): string {
  const commands = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const lines = places.flatMap(({ path, words, values }) => {
    const here = `complete -c understudy -n ${quoted(`__understudy_at ${quoted(path)}`)}`
    const known = new Map(values)
    return words.map(({ text, what }) => {
      const choices = known.get(text)
      return text.startsWith('--') ? `${here} -l ${text.slice(2)}${choices === undefined ? '' : ` -x -a ${quoted(choices.join(' '))}`} -d ${quoted(what)}` : `${here} -a ${text} -d ${quoted(what)}`
    })
  })
  return `function __understudy_at
  set -l known ${commands.join(' ')}
  set -l at
  for word in (commandline -opc)[2..-1]
    set -l further (string join ' ' -- $at $word)
    if contains -- $further $known
      set at $further
    end
  end
  test "$at" = "$argv[1]"
end
${lines.join('\n')}
`
}

/** Within single quotes fish knows the backslash before a quote or itself alone. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
