/** The header `Host`, as far as it can be shown or made a URL of. */

/** A name, or an address, and a port. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i
/** Names have so many characters at the most (RFC 1035), ports five and a colon. */
const LONGEST_HOST = 253 + 6

/** @returns the name or address, and the port with its colon, an empty text where none is said; null where it is no host */
export function splitHost(host = ''): { readonly name: string; readonly port: string } | null {
  const [, name, port = ''] = (host.length > LONGEST_HOST ? null : HOST.exec(host)) ?? []
  return name === undefined ? null : { name, port }
}
