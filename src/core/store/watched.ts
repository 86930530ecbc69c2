/** A store that tells what has been committed to it. */
import type { Change, RecordMap, Store } from './types.js'

/**
 * @param store the engine
 * @param tell called after every commit with the records that it changed
 * @returns the same store
 */
export function watched<Rs extends RecordMap>(store: Store<Rs>, tell: (changes: readonly Change[]) => void): Store<Rs> {
  return {
    transact: async (work) => {
      const result = await store.transact(work)
      if (result.changes.length > 0) tell(result.changes)
      return result
    },
    export: () => store.export(),
    import: (data) => store.import(data),
    reset: () => store.reset(),
  }
}
