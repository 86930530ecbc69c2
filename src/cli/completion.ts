/** `understudy completion <shell>` */
import { Argument, type Command } from 'commander'
import { systems } from '../generated/systems.js'
import { print } from './output.js'
import { bashScript } from './completion/bash.js'
import { fishScript } from './completion/fish.js'
import { placesOf } from './completion/places.js'
import { zshScript } from './completion/zsh.js'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** Adds the command to the program. It comes last, for it knows the commands that are there by then. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('let a shell complete commands and flags')
    .description(
      'Prints what makes a shell complete commands, flags and systems.\n' +
        '  bash: eval "$(understudy completion bash)"               in ~/.bashrc\n' +
        '  zsh:  eval "$(understudy completion zsh)"                in ~/.zshrc, behind compinit\n' +
        '  fish: understudy completion fish | source                in ~/.config/fish/config.fish',
    )
    .addArgument(new Argument(`<${Object.keys(SCRIPTS).join('|')}>`, 'the shell').choices(Object.keys(SCRIPTS)))
    .action((shell: keyof typeof SCRIPTS) => {
      print(SCRIPTS[shell](placesOf(program, Object.keys(systems))))
    })
}
