/** Commands that show something by themselves, and have moves of their own. */
import type { Command } from 'commander'
import { guess } from '../../core/guess.js'

/** Makes the command refuse a word that is none of its moves, and say which one was probably meant. */
export function refuseUnknownMoves(command: Command): void {
  // Left to itself the parser would take the word for an argument too many.
  command.allowExcessArguments().hook('preAction', (_command, acting) => {
    const [word] = acting.args
    if (acting !== command || word === undefined) return
    const moves = command.commands.map((move) => move.name())
    const meant = moves.find((move) => move.startsWith(word)) ?? guess(word, moves)
    const path = `ctl ${command.name()}`
    const advice = meant === null ? `"${path}" alone shows what there is` : `did you mean "${path} ${meant}"?`
    command.error(`error: "${path}" has no move ${JSON.stringify(word)}; it has ${moves.join(', ')}; ${advice}`)
  })
}
