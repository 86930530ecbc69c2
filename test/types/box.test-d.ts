/** What the compiler says of a sandbox's clients. */
import { expectTypeOf } from 'vitest'
import type { components } from '../../src/contract/job.js'
import type { Box } from '../../src/index.js'

export async function whole(box: Box) {
  const { data } = await box.client('job').GET('/logout')
  if (data?.code === 0) {
    expectTypeOf(data).toEqualTypeOf<components['schemas']['Done']>()
    // A key that is always null is there nevertheless.
    expectTypeOf(data).toHaveProperty('data').toEqualTypeOf<null>()
  }
}
