/** Where the reader is: sandbox, panel, what is open in it and its filters. All of it stands in the address, so it survives and can be passed on. */
import { computed, signal } from '@preact/signals'
import { type Panel, PANEL_NAMES, panelAddress } from '../plain/panels.js'

export const DEFAULT_SANDBOX = 'default'
const BASE = '/__console'

export interface ConsolePlace {
  readonly sandbox: string
  readonly panel: Panel
  /** What is open in the panel: a call, a collection. Empty for none. */
  readonly item: string
  /** Filters by name. */
  readonly query: Readonly<Record<string, string>>
}

/** @returns the place that an address names; what it does not name is the default */
export function readPlace({ pathname, search }: { readonly pathname: string; readonly search: string }): ConsolePlace {
  const segments = pathname.slice(pathname.startsWith(BASE) ? BASE.length : 0).split('/').filter((segment) => segment !== '').map(decodeSegment)
  const named = segments[0]?.startsWith('@') === true ? segments.shift()?.slice(1) : undefined
  const [first = '', ...rest] = segments
  const panel = PANEL_NAMES.find((known) => known === first) ?? 'overview'
  return { sandbox: named ?? DEFAULT_SANDBOX, panel, item: rest.join('/'), query: Object.fromEntries(new URLSearchParams(search)) }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** @returns the address of a place */
export function addressOf({ sandbox, panel, item, query }: ConsolePlace): string {
  const entries = Object.entries(query).filter(([, value]) => value !== '')
  const path = [panelAddress(panel, sandbox === DEFAULT_SANDBOX ? null : sandbox), ...(item === '' ? [] : item.split('/').map(encodeURIComponent))].join('/')
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries).toString()}`
}

const current = signal<ConsolePlace>(readPlace(location))

export const place = computed(() => current.value)
export const sandbox = computed(() => current.value.sandbox)
export const panel = computed(() => current.value.panel)
export const item = computed(() => current.value.item)

/** @returns the place that differs from this one as told; another panel or sandbox begins without an item and filters */
export function beside(change: Partial<ConsolePlace>): ConsolePlace {
  const moves = change.panel !== undefined || change.sandbox !== undefined
  return { ...current.value, ...(moves ? { item: '', query: {} } : {}), ...change }
}

/** Goes there; `replace` leaves no step to go back to. */
export function go(change: Partial<ConsolePlace>, { replace = false }: { readonly replace?: boolean } = {}): void {
  const next = beside(change)
  const address = addressOf(next)
  if (replace) history.replaceState(null, '', address)
  else if (address !== location.pathname + location.search) history.pushState(null, '', address)
  current.value = next
}

/** Sets a filter of this panel, or takes it away with an empty text. */
export function filter(name: string, value: string): void {
  const query = { ...current.value.query, [name]: value }
  go({ query: Object.fromEntries(Object.entries(query).filter(([, kept]) => kept !== '')) }, { replace: true })
}

addEventListener('popstate', () => {
  current.value = readPlace(location)
})
