/** An Express application whose requests and responses are born with its prototypes. */
import { createServer, IncomingMessage, ServerResponse, type Server } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import express, { type Express } from 'express'

/** What an HTTPS server is made with, as PEM. */
export interface Tls {
  readonly key: string
  readonly cert: string
}

/** A server of Node that speaks HTTP, over TLS or not. */
export type HttpServer = Server | SecureServer

/**
 * Makes an application and the HTTP server that serves it, not yet listening.
 *
 * Express gives each request and response the prototype `app.request` or `app.response` when it comes in. Engines answer a change of
 * prototype by giving up what they know of the object, and all that Node does with it afterwards is several times slower. Here Node makes
 * the messages with those prototypes, so that there is nothing for Express to change.
 * @param tls where the same application is to be served over HTTPS as well
 * @returns an application without `X-Powered-By`, `ETag` and query parser, its server, and that of HTTPS; null where there is none
 */
export function createExpress(tls: Tls | null = null): { readonly app: Express; readonly server: Server; readonly secure: SecureServer | null } {
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  const app = express()
  adopt(app, AppRequest.prototype, express.request)
  adopt(app, AppResponse.prototype, express.response)
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype })
  app.disable('x-powered-by').disable('etag').set('query parser', false)
  const born = { IncomingMessage: AppRequest, ServerResponse: AppResponse }
  return { app, server: createServer(born, app), secure: tls === null ? null : createSecureServer({ ...born, ...tls }, app) }
}

/** Puts Express's methods between our prototype and Node's. */
function adopt(app: Express, prototype: object, methods: object): void {
  Object.setPrototypeOf(prototype, methods)
  Object.defineProperty(prototype, 'app', { configurable: true, enumerable: true, writable: true, value: app })
}
