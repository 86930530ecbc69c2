/** The tokens that the stub has issued, so that one whose session is long forgotten, by a reset or a newer login, is still known as the stub's. */
import type { Change } from '../store/types.js'
import { SecretTexts } from './secret-texts.js'

/** So many are remembered; of more, the oldest are forgotten. */
const MOST = 50_000

export class IssuedTokens {
  /** Those that real backends have given, which are shown to nobody. */
  readonly adopted = new SecretTexts()
  readonly #tokens = new Set<string>()
  /** The same in the order in which they came: a set finds its oldest only by walking over the places of all that have gone. */
  readonly #order: string[] = []
  /** Where the next one goes, in the place of the oldest once there are enough. */
  #next = 0

  has(token: string): boolean {
    return this.#tokens.has(token)
  }

  /** Looks for tokens in what was changed; those that a real backend has given are none of the stub's. */
  note(changes: readonly Change[]): void {
    for (const { collection, after } of changes) {
      if (collection !== 'sessions' || after === null) continue
      const { accessToken, refreshToken, real } = after as { readonly accessToken?: unknown; readonly refreshToken?: unknown; readonly real?: { readonly access?: unknown; readonly refresh?: unknown } } // a session
      for (const token of [real?.access, real?.refresh]) if (typeof token === 'string') this.adopted.add(token)
      for (const token of [accessToken, refreshToken]) if (typeof token === 'string' && token !== real?.access && token !== real?.refresh) this.#remember(token)
    }
  }

  #remember(token: string): void {
    if (this.#tokens.has(token)) return
    const oldest = this.#order[this.#next]
    if (oldest !== undefined) this.#tokens.delete(oldest)
    this.#order[this.#next] = token
    this.#next = (this.#next + 1) % MOST
    this.#tokens.add(token)
  }
}
