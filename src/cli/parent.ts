/** Ending with whoever started this process, where it cannot say so. */

/** Real milliseconds between two looks at who started this process. */
const LOOK_AGAIN = 250

/** As early as can be known: it may be gone before this process is ready. */
const parent = process.ppid

/** npm gives a signal to the shell that it has put between, which ends and says nothing to anybody. On Windows a parent is never another one. */
export function whenParentIsGone(stop: () => void): void {
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    stop()
  }, LOOK_AGAIN).unref()
}

/** @returns the script of this repository by which npm started a stub; null for none. Packages of others have scripts of these names as well */
export function ownScript({ npm_package_name: owner, npm_lifecycle_event: script }: NodeJS.ProcessEnv = process.env): 'start' | 'dev' | null {
  return owner === 'understudy' && (script === 'start' || script === 'dev') ? script : null
}
