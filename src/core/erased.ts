/**
 * Calls what a system has declared with types of its own, which are not known here: an operation, a rule, a function of a socket. It is kept
 * under a type that takes nothing at all, so that nobody calls it by accident; here alone types are taken on trust.
 * @param work what the declared type asks for; the caller says why it is that
 */
export function callErased<R>(declared: (work: never) => R, work: unknown): R {
  return declared(work as never)
}
