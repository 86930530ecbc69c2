/** Whose tokens are whose: those that the stub has issued, and those that real backends have, so that one whose session is long forgotten, by a reset or a newer login, still goes to nobody else. */
import type { CoreRecords } from '../sandbox-state.js'
import type { Change, Store } from '../store/types.js'
import { SecretTexts } from './secret-texts.js'

/** So many are remembered, of so many characters in all; of more, the oldest are forgotten. */
const MOST = 50_000
const MOST_CHARACTERS = 16 * 1024 * 1024
const LONGEST = 128 * 1024

export class IssuedTokens {
  /** Those that real backends have given, which are shown to nobody. */
  readonly adopted = new SecretTexts()
  /** By token: the URL of the backend that has given it; null where the stub has issued it. */
  readonly #tokens = new Map<string, string | null>()
  /** The same in the order in which they came: a map finds its oldest only by walking over the places of all that have gone. */
  readonly #order: string[] = []
  #characters = 0
  #shortest = Number.POSITIVE_INFINITY
  /** Where the next one goes. */
  #next = 0

  /** The length of the shortest token that was ever remembered; more than any where none was. */
  get shortest(): number {
    return this.#shortest
  }

  /** @returns whether it is known to be no token of the backend with this URL */
  isForeign(token: string, backend: string): boolean {
    const giver = this.#tokens.get(token)
    return giver !== undefined && giver !== backend
  }

  /** Looks for tokens in what was changed; those that a real backend has given are its own. */
  note(changes: readonly Change[]): void {
    for (const { collection, after } of changes) {
      if (collection !== 'sessions' || after === null) continue
      const { accessToken, refreshToken, real } = after as { readonly accessToken?: unknown; readonly refreshToken?: unknown; readonly real?: { readonly backend?: unknown; readonly access?: unknown; readonly refresh?: unknown } } // a session
      for (const token of [real?.access, real?.refresh]) {
        // A backend may give anything.
        if (typeof token !== 'string' || token === '' || token.length > LONGEST) continue
        this.adopted.add(token)
        this.#remember(token, String(real?.backend))
      }
      for (const token of [accessToken, refreshToken]) if (typeof token === 'string' && token !== real?.access && token !== real?.refresh && !this.#tokens.has(token)) this.#remember(token, null)
    }
  }

  #remember(token: string, giver: string | null): void {
    if (this.#tokens.has(token)) {
      this.#tokens.set(token, giver)
      return
    }
    this.#shortest = Math.min(this.#shortest, token.length)
    this.#characters += token.length
    while (this.#tokens.size >= MOST || (this.#characters > MOST_CHARACTERS && this.#tokens.size > 0)) this.#forgetOldest()
    this.#order[this.#next] = token
    this.#next = (this.#next + 1) % MOST
    this.#tokens.set(token, giver)
  }

  #forgetOldest(): void {
    const at = (this.#next - this.#tokens.size + MOST) % MOST
    const oldest = this.#order[at] ?? ''
    this.#order[at] = ''
    this.#characters -= oldest.length
    this.#tokens.delete(oldest)
  }
}

/**
 * @param stores what a sandbox keeps of systems
 * @returns the tokens of its sessions that real backends have given, whoever has taken them over: this process, another one, or one before a restart
 */
export async function adoptedIn(stores: Iterable<Pick<Store<CoreRecords>, 'transact'>>): Promise<SecretTexts> {
  const found = new SecretTexts()
  for (const store of stores) {
    const { value } = await store.transact((tx) => tx.list('sessions', ({ real }) => real !== undefined))
    for (const { real } of value) for (const token of [real?.access, real?.refresh]) if (typeof token === 'string') found.add(token)
  }
  return found
}
