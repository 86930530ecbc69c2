/**
 * The kinds of problems that this server tells of, each with the HTTP status it comes with.
 * A new one is named here first; then the console does not compile until it has a Chinese sentence for it, in `src/console/refusals.ts`.
 */
export interface ProblemKinds {
  // What any call of the control plane may meet.
  'admin-token-required': 401
  'body-too-large': 413
  'engine-trouble': 503
  'foreign-host': 403
  'foreign-origin': 403
  'internal': 500
  'invalid-request': 400
  'method-not-allowed': 405
  'no-host': 400
  'no-room': 507
  'no-such-path': 404
  'not-local': 403
  'sandboxes-unreachable': 503
  'several-hosts': 400
  'unsupported-media-type': 415

  // What a call names is not there.
  'no-matching-request': 404
  'no-such-collection': 404
  'no-such-error': 400 | 422
  'no-such-fault': 404
  'no-such-network': 422
  'no-such-operation': 422
  'no-such-outage': 422
  'no-such-record': 404
  'no-such-request': 404
  'no-such-sandbox': 404
  'no-such-scenario': 404
  'no-such-session': 404
  'no-such-setting': 422
  'no-such-socket': 404 | 422
  'no-such-system': 404
  'no-such-user': 404

  // It is there, and what is asked for cannot be done with it.
  'ambiguous-user': 409
  'backend-misfit': 422
  'clock-out-of-range': 422
  'close-code-misfit': 422
  'fault-misfit': 422
  'not-available': 422
  'out-of-history': 422
  'packet-misfit': 422
  'reason-too-long': 422
  'record-conflict': 409
  'record-misfit': 422
  'sandbox-exists': 409
  'scenario-misfit': 422
  'setting-not-allowed': 422
  'snapshot-misfit': 422
  'too-many-faults': 422
  'wait-interrupted': 409

  // Outside the control plane: pages, handshakes, and what is said of an app's call before a system has it.
  'console-not-built': 503
  'invalid-sandbox-name': 400
  'no-document': 404
  'no-such-page': 404
  'no-websocket-handshake': 400
  'preference-not-understood': 400
}

/** What kind of problem it is, without the beginning that all have in common. */
export type ProblemKind = keyof ProblemKinds
