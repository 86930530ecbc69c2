/** json-server 0.17 has no types of its own; this is the part that is used here. */
declare module 'json-server' {
  import type { Request, RequestHandler, Response } from 'express'

  interface JsonRouter extends RequestHandler {
    /** Writes what was found, which is in `response.locals.data`. */
    render: (request: Request, response: Response) => void
  }

  const jsonServer: {
    /** @param source collection -> records */
    router(source: Readonly<Record<string, readonly object[]>>, options: { readonly foreignKeySuffix: string }): JsonRouter
  }
  export default jsonServer
}
