/** What a panel asks for as it opens. It is shown when all of that has been answered: so nothing moves that is there already. */
import { signal } from '@preact/signals'

/** How many questions have not had their first answer yet. */
export const unanswered = signal(0)

/** Notes a question. @returns what says, once or more often, that it has been answered or is asked no longer */
export function awaitAnswer(): () => void {
  unanswered.value++
  let isOver = false
  return () => {
    if (!isOver) unanswered.value--
    isOver = true
  }
}
