/** `understudy ctl network` */
import type { Command } from 'commander'
import type { Networks } from '../../client/control.js'
import { describeRule } from './faults.js'
import { list, move } from './move.js'

/** Adds the command. */
export function addNetwork(ctl: Command): void {
  ctl
    .command('network')
    .description('show the networks that calls can go through, choose one, or end it: ctl network subway')
    .argument('[network]', '3g, subway, offline or one of the configuration; off for a sound one')
    .action((name: string | undefined, _flags: object, command: Command) =>
      move(command, ({ network }) => (name === undefined ? network.status() : name === 'off' ? network.off() : network.use(name)), show),
    )
}

function show({ network, until, networks }: Networks): string {
  const rows = networks.map(({ name, rules }) => [name, rules.map(describeRule).join('; '), name === network ? `now${until === undefined ? '' : `, until ${until}`}` : ''])
  return list(['NETWORK', 'EVERY CALL', ''], rows, 'no networks')
}
