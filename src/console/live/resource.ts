/** What a panel shows: asked for when the panel opens and again on every beat, one question at a time. */
import { watch } from './watch.js'
import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { beat } from '../api.js'
import { awaitAnswer } from './opening.js'
import { whenStill } from './still.js'

export interface Resource<T> {
  /** Null until the first answer. */
  readonly data: T | null
  /** What was thrown instead of an answer to the last question; null when it was answered. */
  readonly failure: unknown
  /** Whether the data are of this subject; they may not be yet where they are kept. */
  readonly isCurrent: boolean
  readonly reload: () => void
}

/**
 * @param load asks for the data
 * @param subject what it is about; another subject forgets the data of the one before
 * @param options `once`: what it is about does not change, so it is asked for until it is answered, and not again; `keep`: what was there stays to be seen until the
 *   other subject's data have come, so that nothing jumps while one types
 */
export function useResource<T>(load: () => Promise<T>, subject: string, { once = false, keep = false }: { readonly once?: boolean; readonly keep?: boolean } = {}): Resource<T> {
  const state = useSignal<{ readonly subject: string; readonly data: T | null; readonly failure: unknown }>({ subject, data: null, failure: null })
  const loader = useRef({ load, subject, isBusy: false, again: false, isGone: false })
  Object.assign(loader.current, { load, subject })
  const answered = useRef<(() => void) | null>(null)
  useLayoutEffect(() => {
    answered.current = awaitAnswer()
    return () => answered.current?.()
  }, [])

  const run = useRef(async () => {
    const self = loader.current
    if (self.isBusy) {
      self.again = true
      return
    }
    self.isBusy = true
    do {
      self.again = false
      const asked = self.subject
      const result = await self.load().then(
        (data) => ({ subject: asked, data, failure: null }),
        (error: unknown) => ({ subject: asked, data: keep || state.peek().subject === asked ? state.peek().data : null, failure: error }),
      )
      whenStill(self, () => {
        if (self.subject !== asked) return
        state.value = result
        answered.current?.()
      })
      if (self.subject !== asked) self.again = true
    } while (self.again && !self.isGone)
    self.isBusy = false
  })

  useSignalEffect(() => {
    watch(beat)
    const { data, failure } = state.peek()
    if (once && data !== null && failure === null) return
    void run.current()
  })
  useEffect(() => {
    if (state.peek().subject !== subject) void run.current()
  }, [subject])
  useEffect(() => () => {
    loader.current.isGone = true
  }, [])

  const { subject: shown, data, failure } = state.value
  return { data: keep || shown === subject ? data : null, failure: keep || shown === subject ? failure : null, isCurrent: shown === subject, reload: () => void run.current() }
}
