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
import { isSame } from './standing.js'

/** What is known of somebody. */
export interface Person {
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

  constructor(system: System) {
    this.#system = system
    this.#route = compileRouter(system.contract)
  }

  /** Looks at a success of the real backend for a login, and for what it tells of those who have logged in. */
  async see(entry: JournalEntry, body: unknown): Promise<void> {
    const { operation, responseHeaders: headers } = entry
    if (operation === null || !isObject(body)) return
    const news = newsOf(this.#system, { operation, request: this.#viewOf(entry), body, headers, error: null })
    if (news?.kind === 'began') {
      const name = news.user.key ?? JSON.stringify(news.user.names)
      const told = new Map<string, unknown>([...this.#logins.get(name)?.login.told ?? [], ...Object.entries(news.user.names)])
      this.#logins.set(name, { login: { operationId: operation, user: news.user, told }, made: await madeOf(news.user) })
    }
    for (const { login, made } of this.#logins.values()) if (made !== null) this.#learn(made, login.told, body)
  }

  /** Objects with his key tell of him. */
  #learn(made: Doc, told: Map<string, unknown>, value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#learn(made, told, item)
    if (!isObject(value)) return
    const key = this.#key
    if (value[key] === made[key]) for (const field of Object.keys(made)) if (Object.hasOwn(value, field)) told.set(field, value[field])
    for (const item of Object.values(value)) this.#learn(made, told, item)
  }

  get #key(): string {
    return this.#system.state[this.#system.users.collection]?.key ?? ''
  }

  /** @returns everybody who has logged in */
  seen(): Person[] {
    const { collection } = this.#system.users
    return [...this.#logins.values()].map(({ login: { operationId, user, told }, made }) => {
      const record = { ...made, ...user.names, ...Object.fromEntries(told) }
      const unseen = Object.keys(record).filter((field) => !told.has(field))
      const misfit = made === null || !told.has(this.#key) ? `no answer told the ${this.#key} that the user has, or told one of another form` : misfitOf(this.#system, collection, record)
      const note = unseen.length === 0 ? null : `${collection} ${String(record[this.#key as keyof typeof record])}: filled in, as no answer told them: ${unseen.join(', ')}`
      return { record, operationId, pointer: '', reason: misfit === null ? null : `who logged in is not placed: ${misfit}`, note }
    })
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

/** @returns whether two records are of one person */
export function isSamePerson(system: System, one: Doc, other: Doc): boolean {
  const { collection } = system.users
  const key = system.state[collection]?.key ?? ''
  return one[key] === other[key] || isSame(system, collection, one, other)
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
