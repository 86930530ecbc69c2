/** Requests that Prism refuses and the server takes, each with the reason why both are right. One that no story needs makes `npm run judge` fail. */
export interface Dissent {
  readonly system: string
  /** Method, path and query. */
  readonly request: RegExp
  /** Prism's words. */
  readonly objection: RegExp
  readonly reason: string
}

export const dissents: readonly Dissent[] = [
  {
    system: 'every',
    request: /\/(?:\?|$)/,
    objection: /NO_PATH_MATCHED/,
    reason: 'a slash at the end of a path makes no difference; the document has the form without',
  },
  {
    system: 'im',
    request: /[^/]$/,
    objection: /NO_PATH_MATCHED/,
    reason: 'a missing slash at the end of a path makes no difference; the document has the form with one',
  },
  {
    system: 'im',
    request: /^POST /,
    objection: /Supported content types: application\/json/,
    reason: 'the content type is not looked at; the document names the one that clients should send',
  },
  {
    system: 'im',
    request: /complete_account/,
    objection: /"location":\["body","\w+"\],"severity":"Error","code":"type"/,
    reason: 'null counts as absent (info.description); the document has the type that clients should send',
  },
  {
    system: 'trid',
    request: /^POST /,
    objection: /Supported content types: application\/json/,
    reason: 'the content type is not looked at (x-decision "Content type")',
  },
  {
    system: 'trid',
    request: /^POST /,
    objection: /"location":\["body","(?:time|tel|code)"\],"severity":"Error","code":"type"/,
    reason: 'numbers are tolerated and read as text (x-decision "Required fields"); the document has the type that clients should send',
  },
  {
    system: 'live',
    request: /^POST \/auth\/logout$/,
    objection: /No supported content types/,
    reason: 'a logout takes no body and ignores one',
  },
  {
    system: 'job',
    request: /^(POST|PUT) /,
    objection: /UNAUTHORIZED/,
    reason: 'the token may also lie in a form field, which no security scheme can name',
  },
  {
    system: 'job',
    request: /^POST \/api\/user\/quest$/,
    objection: /"location":\["body","all"\]/,
    reason: 'an empty text counts as absent (info.description); the document has the values that clients should send',
  },
  {
    system: 'edu',
    request: /\/rest\//,
    objection: /"location":\["header","platform"\],"severity":"Error","code":"enum"/,
    reason: 'the value of platform may be in capitals (info.description); JSON Schema has no word for that',
  },
  {
    system: 'edu',
    request: /^POST /,
    objection: /internal_server_error/,
    reason: 'Prism fails at the dangling semicolon of `application/json;`, which old clients of this app send',
  },
]
