/** Things that are loaded when they are needed. */

/** @returns what gives the thing: loaded when it is asked for the first time, and once more after a load that failed */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null
      throw error
    })
    return loading
  }
}
