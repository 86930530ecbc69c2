/** The addresses under which a stub on this machine can be reached, and by whom. */
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import type { Bilingual } from '../../plain/bilingual.js'

/** One way to a stub. */
export interface Way {
  /** What stands in a URL: a name or an address. */
  readonly host: string
  /** Whom it is for. */
  readonly reaches: 'here' | 'android-emulator' | 'network'
  readonly what: Bilingual
}

/** The Android emulator's name for the machine that it runs on. */
const EMULATOR_HOST = '10.0.2.2'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** @returns the IPv4 addresses of this machine in its networks; those that a phone is likely to be in first, virtual ones last */
export function networkAddresses(interfaces: Interfaces = networkInterfaces()): readonly string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) => addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => ({ name, address })))
  return found.toSorted((a, b) => rank(a) - rank(b)).map(({ address }) => address)
}

/** Docker, virtual machines and tunnels have addresses as well, which no phone is beside. */
function rank({ name, address }: { readonly name: string; readonly address: string }): number {
  if (/^(?:docker|br-|veth|virbr|vmnet|vboxnet|utun|tun|tap|tailscale|wg|vEthernet)/i.test(name)) return 2
  return /^(?:192\.168|10|172\.(?:1[6-9]|2\d|3[01]))\./.test(address) ? 0 : 1
}

/** @returns every way to a stub that listens on all addresses: from this machine, from an emulator on it, from the networks that it is in */
export function waysIn(addresses: readonly string[] = networkAddresses(), machine: string = hostname()): readonly Way[] {
  const [short = ''] = machine.toLowerCase().split('.')
  return [
    { host: 'localhost', reaches: 'here', what: { en: 'browsers and the iOS simulator on this machine', zh: '本机浏览器与 iOS 模拟器' } },
    { host: EMULATOR_HOST, reaches: 'android-emulator', what: { en: 'the Android emulator on this machine', zh: '本机 Android 模拟器' } },
    ...addresses.map((host): Way => ({ host, reaches: 'network', what: { en: 'phones and machines of the same network', zh: '同一网络中的手机与其他机器' } })),
    ...(/^[a-z0-9-]+$/.test(short) && short !== 'localhost' ? [{ host: `${short}.local`, reaches: 'network' as const, what: { en: 'the same by name, where multicast DNS is let through', zh: '同上，使用名称（网络需允许组播 DNS）' } }] : []),
  ]
}
