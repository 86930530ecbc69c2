/** Who logged in at a real backend, as far as its answers told; nothing is taken from the stub's own records. */
import { isObject, parseForeignJson } from '../plain/json.js'
import { pathOf, searchOf } from '../plain/url.js'
import { newsOf } from '../core/backends/adopt.js'
import type { RequestView, SeenUser } from '../core/dialect.js'
import { Failure } from '../core/failure.js'
import type { JournalEntry } from '../core/journal.js'
import { compileRouter, type Router } from '../core/pipeline/router.js'
import { misfitOf } from '../core/records.js'
import type { Doc } from '../core/store/types.js'
import type { System } from '../core/system.js'

/** What is known of somebody. */
export interface RecordedPerson {
  readonly record: Doc
  /** The login. */
  readonly operationId: string
  readonly pointer: ''
  /** Why there is no record of him; null where there is one. */
  readonly reason: string | null
  /** Which of its fields no answer told; null where all were. */
  readonly note: string | null
}

interface Login {
  readonly operationId: string
  readonly user: SeenUser
  /** Fields that some answer, or the login itself, told. */
  readonly told: Map<string, unknown>
}

/** Gathers people from answers, oldest first. */
export class People {
  readonly #system: System
  readonly #route: Router
  readonly #logins = new Map<string, { readonly login: Login; readonly made: Doc | null }>()
  /** By their key those of whom it is known: their names here. */
  readonly #names = new Map<unknown, Set<string>>()

  constructor(system: System) {
    this.#system = system
    this.#route = compileRouter(system.contract)
  }

  /** Looks at a success of the real backend for a login. */
  async see(entry: JournalEntry, body: unknown): Promise<void> {
    const { operation, responseHeaders: headers } = entry
    if (operation === null || !isObject(body)) return
    const news = newsOf(this.#system, { operation, request: this.#viewOf(entry), body, headers, error: null })
    if (news?.kind === 'began') {
      const name = news.user.key ?? JSON.stringify(news.user.names)
      const told = new Map<string, unknown>([...this.#logins.get(name)?.login.told ?? [], ...Object.entries(news.user.names)])
      const made = await madeOf(news.user)
      this.#logins.set(name, { login: { operationId: operation, user: news.user, told }, made })
      if (made !== null) this.#names.set(made[this.#key], (this.#names.get(made[this.#key]) ?? new Set()).add(name))
    }
  }

  /** Looks for what the answer tells of those who have logged in: objects with their keys tell of them. */
  * learn(value: unknown): Generator<void, void> {
    yield
    if (Array.isArray(value)) for (const item of value as readonly unknown[]) yield* this.learn(item)
    if (!isObject(value)) return
    const key = value[this.#key]
    for (const name of this.#names.get(key) ?? []) {
      const { login, made } = this.#logins.get(name) ?? {}
      // By another key he is known no more.
      if (made?.[this.#key] === key) for (const field in made) if (Object.hasOwn(value, field)) login?.told.set(field, value[field])
    }
    for (const name in value) yield* this.learn(value[name])
  }

  get #key(): string {
    return this.#system.state[this.#system.users.collection]?.key ?? ''
  }

  /** @returns everybody who has logged in */
  * seen(): Generator<RecordedPerson, void> {
    const { collection } = this.#system.users
    for (const { login: { operationId, user, told }, made } of this.#logins.values()) {
      const record = { ...made, ...user.names, ...Object.fromEntries(told) }
      const unseen = Object.keys(record).filter((field) => !told.has(field))
      const misfit = made === null || !told.has(this.#key) ? `no answer told the ${this.#key} that the user has, or told one of another form` : misfitOf(this.#system, collection, record)
      const note = unseen.length === 0 ? null : `${collection} ${String(record[this.#key as keyof typeof record])}: filled in, as no answer told them: ${unseen.join(', ')}`
      yield { record, operationId, pointer: '', reason: misfit === null ? null : `who logged in is not placed: ${misfit}`, note }
    }
  }

  /** The request as the journal has kept it. */
  #viewOf({ method, url, requestHeaders: headers, requestBody }: JournalEntry): RequestView {
    const query = new URLSearchParams(searchOf(url))
    const last = (name: string) => query.getAll(name).at(-1)
    const match = this.#route(method, pathOf(url), last)
    const fields = requestBody === null ? {} : fieldsOf(Buffer.from(requestBody.content, requestBody.encoding).toString('utf8'))
    return { method, headers, query: last, field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined), pathParameters: match instanceof Failure ? {} : match.parameters, hasBody: requestBody !== null }
  }
}

/** @returns the record that a login makes; null where that takes a key that nobody told */
async function madeOf(user: SeenUser): Promise<Doc | null> {
  const drawn: number[] = []
  const record = await user.record((first) => {
    drawn.push(first)
    return Promise.resolve(first)
  })
  return drawn.length > 0 ? null : record
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseForeignJson(text)
    return isObject(value) ? value : {}
  } catch {
    return Object.fromEntries(new URLSearchParams(text))
  }
}
