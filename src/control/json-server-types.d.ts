/** json-server 0.17 has no types of its own; this is the part that is used here, and what that part looks at. */
declare module 'json-server' {
  /** What it looks at of a request. */
  export interface JsonRequest {
    readonly method: 'GET'
    url: string
    readonly originalUrl: string
    readonly protocol: string
    readonly headers: Readonly<Record<string, string>>
    /** It deletes from it. */
    readonly query: Record<string, string | string[]>
    readonly _body: true
    /** A header; it asks for the host alone. */
    readonly get: (name: string) => string
  }

  /** What it does to a response. */
  export interface JsonResponse {
    readonly locals: { data?: unknown }
    readonly setHeader: (name: string, value: string | number) => void
    readonly links: (pages: Readonly<Record<string, string>>) => void
  }

  export interface JsonRouter {
    (request: JsonRequest, response: JsonResponse, next: (error?: unknown) => void): void
    /** Told when what was found is in `response.locals.data`. */
    render: () => void
    readonly db: {
      /** @param source collection -> what is in it from now on */
      readonly setState: (source: Readonly<Record<string, readonly unknown[]>>) => void
      readonly _: JsonLodash
    }
  }

  /** Its own copy of lodash. */
  export interface JsonLodash {
    readonly toPath: (path: string) => readonly string[]
    readonly get: (object: object, path: readonly string[]) => unknown
    readonly has: (object: object, path: readonly string[]) => boolean
  }

  const jsonServer: {
    /** @param source collection -> records */
    router(source: Readonly<Record<string, readonly unknown[]>>, options: { readonly foreignKeySuffix: string }): JsonRouter
  }
  export default jsonServer
}
