/** What `npm run dev` and the processes that it starts say to each other. */
import type { Renewed } from '../generate/kept.js'

/** To a stub: try whether you can serve; serve; end once your clients have heard that they are to call anew; end. */
export type Order = 'rehearse' | 'begin' | 'yield' | 'stop'

/** To a stub that asked for a port: it is open, and its connections come from now on; or why not. A connection itself comes with a message of the last kind. */
export type Answer = { readonly opened: string; readonly port: number } | { readonly refused: string; readonly message: string; readonly code: string | null; readonly port: number } | { readonly connection: string }

/** Of a stub: everything is loaded, it could serve, it serves, or why not; and that it wants the connections of a port, by a name of its own. */
export type Said = 'loaded' | 'ready' | 'began' | { readonly broken: string } | { readonly open: string; readonly port: number; readonly host: string }

/** Of the generator, to the files that were edited: what came of it, or why it can generate nothing. */
export type Generated = Renewed | { readonly broken: string }

/** Of the generator, before anything else: the files that it is made of. */
export interface MadeOf {
  readonly sources: readonly string[]
}
