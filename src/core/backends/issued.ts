/** The tokens that the stub has issued, so that one whose session is long forgotten, by a reset or a newer login, is still known as the stub's. */
import type { Change } from '../store/types.js'

/** So many are remembered; of more, the oldest are forgotten. */
const MOST = 50_000

export class IssuedTokens {
  readonly #tokens = new Set<string>()

  has(token: string): boolean {
    return this.#tokens.has(token)
  }

  /** Looks for tokens in what was changed; those that a real backend has given are none of the stub's. */
  note(changes: readonly Change[]): void {
    for (const { collection, after } of changes) {
      if (collection !== 'sessions' || after === null) continue
      const { accessToken, refreshToken, real } = after as { readonly accessToken?: unknown; readonly refreshToken?: unknown; readonly real?: { readonly access?: unknown; readonly refresh?: unknown } } // a session
      for (const token of [accessToken, refreshToken]) if (typeof token === 'string' && token !== real?.access && token !== real?.refresh) this.#tokens.add(token)
    }
    for (const oldest of this.#tokens) {
      if (this.#tokens.size <= MOST) return
      this.#tokens.delete(oldest)
    }
  }
}
