/** What the compiler says of problems: a kind is named in the list before anybody is told of it. Compiled with the rest (`npm run typecheck`), never run. */
import { expectTypeOf } from 'vitest'
import { problem, problemReply } from '../../src/core/problem.js'
import type { ProblemKind } from '../../src/core/problem-kinds.js'
import { refusal } from '../../src/core/surface/refusal.js'

export function kinds() {
  expectTypeOf<'no-such-user'>().toExtend<ProblemKind>()
  refusal(404, 'no-such-user', 'Nobody has this name.')
  // @ts-expect-error nobody has named it
  refusal(404, 'no-such-usher', 'Nobody has this name.')
  // @ts-expect-error it comes with 404
  refusal(422, 'no-such-user', 'Nobody has this name.')
  // @ts-expect-error nor may it be made as it stands
  problem(404, 'no-such-usher', 'Nobody has this name.')
  // @ts-expect-error or as an answer
  problemReply(404, 'no-such-usher', 'Nobody has this name.')
}
