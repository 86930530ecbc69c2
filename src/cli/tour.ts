/** `understudy tour` */
import { type Command, Option } from 'commander'
import { didYouMean } from '../core/guess.js'
import type { Language } from '../plain/bilingual.js'
import { legibleData } from '../plain/legible.js'
import { panelAddress } from '../plain/panels.js'
import { print, printJson } from './output.js'
import { type ReachFlags, reachStub, tokenOption, urlOption } from './reach.js'
import { type Played, playTour, toldStep } from './tour/play.js'
import { scriptFor } from './tour/script.js'

interface TourFlags extends ReachFlags {
  readonly lang: Language
  readonly json?: true
}

/** Adds the command to the program. */
export function addTour(program: Command): void {
  program
    .command('tour')
    .summary('see what a stub does, in two minutes')
    .description(
      'Plays a story against a stub that runs, in a sandbox of its own: a code, a login, an expired token, a kick-out, an injected error, maintenance.\n' +
        'Every call is printed as a line for curl, with what came back. Nothing else in the stub is touched.',
    )
    .argument('[system]', 'whose story; that of the first system that has one when left out')
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(new Option('--lang <language>', 'language of what is told').choices(['en', 'zh']).default('en'))
    .option('--json', 'as JSON')
    .action(tour)
}

/** @returns what was probably meant, behind a sentence without its full stop */
function guessed(word: string, known: readonly string[]): string {
  const meant = known.includes(word) ? '' : didYouMean(word, known)
  return meant === '' ? '' : `.${meant}`
}

async function tour(wanted: string | undefined, { lang, json, ...flags }: TourFlags): Promise<void> {
  const { stub, token } = await reachStub(flags)
  const script = scriptFor(wanted === undefined ? stub.systems : [wanted])
  if (script === null || !stub.systems.includes(script.system)) throw new Error(`there is no tour of ${wanted ?? `any of ${stub.systems.join(', ')}`} on this stub${wanted === undefined ? '' : guessed(wanted, stub.systems)}`)
  const box = await stub.sandbox()
  const stops = { system: box.baseUrl(script.system), control: `${stub.url}/__admin/sandboxes/${box.name}`, credentials: token === undefined ? {} : { authorization: `Bearer ${token}` }, fetch: box.fetch }
  const steps: Played[] = []
  for await (const step of playTour(script, stops, lang)) {
    steps.push(step)
    if (!json) print(toldStep(legibleData(step), steps.length))
  }
  const there = `${stub.url}${panelAddress('calls', box.name)}`
  if (json) {
    printJson({ sandbox: box.name, console: there, steps }, 2)
    return
  }
  print(lang === 'zh' ? `以上都发生在沙箱 ${box.name} 中。在控制台中查看：${there}\n` : `All of it happened in the sandbox ${box.name}. See it in the console: ${there}\n`)
}
