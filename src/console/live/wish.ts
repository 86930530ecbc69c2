/** What is written whole, and may be wished otherwise again before the stub has answered. */
import { useEffect, useRef, useState } from 'preact/hooks'

/**
 * @param known what the stub has said last
 * @param carryOut puts what is wished in its place; null when it was refused
 * @returns what holds once all wishes are carried out, and what takes the next one: they are carried out one after the other
 */
export function useWish<T>(known: T, carryOut: (wish: T) => Promise<unknown>): readonly [T, (wish: T) => void] {
  const [wish, setWish] = useState<{ readonly value: T } | null>(null)
  const queue = useRef({ last: Promise.resolve(), length: 0 }).current
  const said = JSON.stringify(known)
  useEffect(() => {
    if (queue.length === 0) setWish(null)
  }, [said])
  const take = (value: T) => {
    setWish({ value })
    queue.length++
    queue.last = queue.last.then(async () => {
      const done = await carryOut(value)
      queue.length--
      if (done === null) setWish(null)
    })
  }
  return [wish === null ? known : wish.value, take]
}
