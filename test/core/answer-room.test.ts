/** Answers of real backends that are taken in at once. */
import { expect, test } from 'vitest'
import { take } from '../../src/core/backends/forward.js'
import { AnswerRoom } from '../../src/core/backends/room.js'

const PIECE = 100_000

test('one that is refused makes room at once: another that goes on beside it is whole', async () => {
  const room = new AnswerRoom(5 * PIECE)
  const arrived: (() => void)[] = []
  const answer = async (pieces: number) => {
    const guest = room.enter()
    async function* body() {
      for (let piece = 0; piece < pieces; piece++) yield new Uint8Array(PIECE)
      // The last of it comes when all have come so far.
      await new Promise<void>((resolve) => arrived.push(resolve))
      yield new Uint8Array(PIECE)
    }
    const { bytes } = await take(body(), 10 * PIECE, guest.take).finally(guest.leave)
    return bytes.length
  }
  const answers = [1, 1, 3].map(answer)
  await expect.poll(() => arrived.length).toBe(3)
  const [oldest, second, large] = arrived
  large?.()
  second?.()
  oldest?.()
  const settled = await Promise.allSettled(answers)
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([2 * PIECE, 2 * PIECE, expect.stringContaining('have more than 500000 bytes together')])
})
