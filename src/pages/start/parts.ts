/** What the start page is made of. */
import type { Served } from '../../core/sandbox.js'

/** How the stub can be reached, once it listens. */
export interface Reachable {
  readonly port: number
  /** The port of HTTPS; null where there is none. */
  readonly securePort: number | null
  /** The certificate of the local authority as PEM; null where there is none. */
  readonly authority: string | null
}

export interface StartParts {
  readonly served: ReadonlyMap<string, Served>
  readonly admin: { readonly needsToken: boolean } | null
  readonly reach: () => Reachable
  readonly report: (problem: string) => void
}
