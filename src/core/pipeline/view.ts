/** What a call shows to its dialect. */
import { memberOf } from '../../plain/json.js'
import type { RequestView } from '../dialect.js'
import type { CallHeaders } from '../stage/call.js'
import type { Routed } from './route.js'

/** Decoded fields of a body. */
export type BodyFields = Readonly<Record<string, unknown>>

/** A routed call, with as much of its body as has been decoded. */
export class View implements RequestView {
  readonly #routed: Routed
  readonly #body: BodyFields

  constructor(routed: Routed, body: BodyFields) {
    this.#routed = routed
    this.#body = body
  }

  get method(): string {
    return this.#routed.arrival.call.method
  }

  get headers(): CallHeaders {
    return this.#routed.arrival.call.headers
  }

  get pathParameters(): Readonly<Record<string, string>> {
    return this.#routed.parameters
  }

  get hasBody(): boolean {
    return this.#routed.arrival.call.body.isPresent
  }

  query(name: string): string | undefined {
    return this.#routed.arrival.query.get(name)
  }

  field(name: string): unknown {
    return memberOf(this.#body, name)
  }
}
